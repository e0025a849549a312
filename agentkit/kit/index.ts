/**
 * `@oratio/agent-kit`: all that a generated `agent_file.ts` may import. It exports one constant:
 * `export const agent = defineAgent({ … })`.
 */
export * from './definition.ts';
export * from './tools.ts';
