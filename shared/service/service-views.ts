import * as z from 'zod';

export const HealthView = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const VersionView = z
  .object({ service: z.literal('oratio'), stage: z.string(), commit: z.string() })
  .meta({ id: 'Version' });
