import type { BedrockKnowledge } from '../knowledge/knowledge-base.ts';
import type { DataSourceKey, KnowledgeEngine, VectorIndexes } from './knowledge-engine.ts';
import type { Removal } from './remove-runtime.ts';

export interface KnowledgeRemovalDeps {
  readonly engine: KnowledgeEngine;
  readonly indexes: VectorIndexes;
}

/** Takes down data source, knowledge base and index of an agent that has its own, each after the one that needs it. */
export const removeDedicatedKnowledge = async (
  { engine, indexes }: KnowledgeRemovalDeps,
  { bedrock, name }: { readonly bedrock: BedrockKnowledge | undefined; readonly name: string },
): Promise<Removal> => {
  const found = bedrock?.bedrockKnowledgeBaseId ?? (await engine.findKnowledgeBase(name));
  if (found !== undefined && (await takeDown(engine, found)) === 'pending') return 'pending';
  await indexes.remove(name);
  return 'done';
};

const takeDown = async (engine: KnowledgeEngine, bedrockKnowledgeBaseId: string): Promise<Removal> => {
  const knowledgeBase = await engine.describeKnowledgeBase(bedrockKnowledgeBaseId);
  if (knowledgeBase === undefined) return 'done';
  if (knowledgeBase.status === 'deleting' || knowledgeBase.status === 'creating') return 'pending';
  if ((await removeDataSources(engine, bedrockKnowledgeBaseId)) === 'pending') return 'pending';
  await engine.deleteKnowledgeBase(bedrockKnowledgeBaseId);
  return (await engine.describeKnowledgeBase(bedrockKnowledgeBaseId)) === undefined ? 'done' : 'pending';
};

const removeDataSources = async (engine: KnowledgeEngine, bedrockKnowledgeBaseId: string): Promise<Removal> => {
  const sources = await engine.listDataSources(bedrockKnowledgeBaseId);
  for (const { dataSourceId, status } of sources) {
    if (status !== 'deleting') await engine.deleteDataSource({ bedrockKnowledgeBaseId, dataSourceId });
  }
  if (sources.length === 0) return 'done';
  return (await engine.listDataSources(bedrockKnowledgeBaseId)).length === 0 ? 'done' : 'pending';
};

/** Makes a knowledge base that others share forget these documents. */
export const forgetDocuments = async (
  engine: KnowledgeEngine,
  source: DataSourceKey,
  uris: readonly string[],
): Promise<Removal> => {
  const present = [...(await engine.describeDocuments(source, uris))].filter(([, { status }]) => status !== 'absent');
  const known = present.filter(([, { status }]) => status !== 'deleting').map(([uri]) => uri);
  if (known.length > 0) await engine.deleteDocuments(source, known);
  if (present.length === 0) return 'done';
  const left = await engine.describeDocuments(source, uris);
  return [...left.values()].every(({ status }) => status === 'absent') ? 'done' : 'pending';
};
