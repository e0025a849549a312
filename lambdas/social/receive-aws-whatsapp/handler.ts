import { parseEnv } from '../../../shared/kernel/env.ts';
import { ReceiveAwsWhatsappEnv, receiveAwsWhatsapp } from '../../../shared/social/receive-aws-whatsapp.ts';
import { receiveAwsWhatsappDependencies } from '../../../shared/social/social-dependencies.ts';

export const handler = receiveAwsWhatsapp(receiveAwsWhatsappDependencies(parseEnv(ReceiveAwsWhatsappEnv)));
