import { createHash } from 'node:crypto';
import type { DeclaredResource, Json, JsonObject, ResourceProvider } from '../core/service.ts';
import { INERT_TYPES, type Standing } from './inert-types.ts';
import { conditionHolds, referencesOf, resolve, resolveText, type Scope } from './intrinsics.ts';
import type { Assembly } from './read-assembly.ts';
import type { Stack, TemplateResource } from './template.ts';

export interface DeployDependencies {
  readonly assembly: Assembly;
  readonly providers: readonly ResourceProvider[];
  readonly accountId: string;
  readonly region: string;
}

export interface Deployment {
  /** Outputs of all stacks by logical id. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** One resource of one stack, with the resources it waits for. */
interface Node {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

interface Export {
  readonly stack: Stack;
  readonly value: Json;
}

const keyOf = (stack: Stack, logicalId: string): string => `${stack.name}/${logicalId}`;

/** Fits every service's limit on names, the shortest of which that matter is Lambda's 64. */
function physicalNameOf(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`;
  if (name.length <= 60) return name;
  return `${name.slice(0, 51)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Makes what the template declares, each resource once after those it refers to; see `deploy`. */
class Deployer {
  readonly #dependencies: DeployDependencies;
  readonly #providers: ReadonlyMap<string, ResourceProvider>;
  readonly #nodes = new Map<string, Node>();
  readonly #exports = new Map<string, Export>();
  readonly #standing = new Map<string, Standing>();
  readonly #making = new Map<string, Promise<void>>();

  constructor(dependencies: DeployDependencies) {
    this.#dependencies = dependencies;
    this.#providers = new Map(dependencies.providers.map((provider) => [provider.type, provider]));
    for (const stack of dependencies.assembly.stacks) this.#read(stack);
  }

  #read(stack: Stack): void {
    const scope = this.#scopeOf(stack);
    for (const [logicalId, resource] of Object.entries(stack.template.Resources ?? {})) {
      if (resource.Condition !== undefined && !conditionHolds(resource.Condition, scope)) continue;
      this.#nodes.set(keyOf(stack, logicalId), { stack, logicalId, resource });
    }
    for (const output of Object.values(stack.template.Outputs ?? {})) {
      if (output.Export) this.#exports.set(resolveText(output.Export.Name, scope), { stack, value: output.Value });
    }
  }

  #scopeOf(stack: Stack): Scope {
    const { accountId, region } = this.#dependencies;
    const standing = (logicalId: string): Standing => {
      const known = this.#standing.get(keyOf(stack, logicalId));
      if (known) return known;
      throw new Error(`${stack.name} refers to ${logicalId}, which it does not declare.`);
    };
    return {
      template: stack.template,
      pseudo: {
        'AWS::AccountId': accountId,
        'AWS::Region': region,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stack.name,
        'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stack.name}/embedded`,
      },
      ref: (logicalId) => standing(logicalId).ref,
      attribute: (logicalId, attribute) => {
        const value = standing(logicalId).attributes[attribute];
        if (value !== undefined) return value;
        const { Type } = stack.template.Resources?.[logicalId] ?? { Type: 'a resource' };
        throw new Error(`The embedded ${Type} (${logicalId}) has no attribute ${attribute}.`);
      },
      importValue: (name) => {
        const exported = this.#requireExport(name);
        return resolveText(exported.value, this.#scopeOf(exported.stack));
      },
    };
  }

  #requireExport(name: string): Export {
    const exported = this.#exports.get(name);
    if (!exported) throw new Error(`No stack exports ${name}.`);
    return exported;
  }

  /** Keys of the resources that a value of a stack refers to, through exports of other stacks too. */
  #dependenciesOf(stack: Stack, value: Json): string[] {
    const { ids, imports } = referencesOf(value);
    const own = [...ids].map((id) => keyOf(stack, id)).filter((key) => this.#nodes.has(key));
    const imported = imports.flatMap((name) => {
      const exported = this.#requireExport(resolveText(name, this.#scopeOf(stack)));
      return this.#dependenciesOf(exported.stack, exported.value);
    });
    return [...own, ...imported];
  }

  #waitsFor({ stack, resource }: Node): string[] {
    const { DependsOn = [] } = resource;
    const named = (typeof DependsOn === 'string' ? [DependsOn] : DependsOn).map((id) => keyOf(stack, id));
    return [...named.filter((key) => this.#nodes.has(key)), ...this.#dependenciesOf(stack, resource.Properties ?? {})];
  }

  /** Starts the resource after those it waits for; `path` is how it was reached, to name a circle. */
  #make(key: string, path: readonly string[] = []): Promise<void> {
    if (path.includes(key)) throw new Error(`Resources wait for one another: ${[...path, key].join(' → ')}`);
    const known = this.#making.get(key);
    if (known) return known;
    const node = this.#nodes.get(key);
    if (!node) throw new Error(`No stack declares ${key}.`);
    const before = [...new Set(this.#waitsFor(node))].map((dependency) => this.#make(dependency, [...path, key]));
    const making = Promise.all(before).then(() => this.#ensure(key, node));
    this.#making.set(key, making);
    // Its failure is reported by whoever waits for it; a circle found elsewhere leaves nobody to.
    making.catch(() => undefined);
    return making;
  }

  async #ensure(key: string, { stack, logicalId, resource }: Node): Promise<void> {
    const declared: DeclaredResource = {
      stackName: stack.name,
      logicalId,
      physicalName: physicalNameOf(stack.name, logicalId),
      type: resource.Type,
      properties: resolve(resource.Properties ?? {}, this.#scopeOf(stack)) as JsonObject,
      assetPath: this.#dependencies.assembly.assetPath,
    };
    const provider = this.#providers.get(resource.Type);
    const inert = INERT_TYPES[resource.Type];
    if (provider) {
      this.#standing.set(key, await provider.ensure(declared).catch((error: unknown) => failed(declared, error)));
    } else if (inert) {
      this.#standing.set(key, inert(declared, this.#dependencies));
    } else {
      throw new Error(`The embedded cloud does not serve ${resource.Type} (${logicalId} of ${stack.name}).`);
    }
  }

  async deploy(): Promise<Deployment> {
    await Promise.all([...this.#nodes.keys()].map((key) => this.#make(key)));
    const outputs: Record<string, string> = {};
    for (const stack of this.#dependencies.assembly.stacks) {
      const scope = this.#scopeOf(stack);
      for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
        if (output.Condition === undefined || conditionHolds(output.Condition, scope)) {
          outputs[name] = resolveText(output.Value, scope);
        }
      }
    }
    return { outputs };
  }
}

function failed({ type, logicalId, stackName }: DeclaredResource, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`${type} (${logicalId} of ${stackName}) could not be made: ${reason}`, { cause });
}

/**
 * Makes every resource of the assembly through the services' providers, in the order of their references.
 * Throws, naming the resource, for a type no service serves, a reference to nothing, and a circle.
 */
export const deploy = (dependencies: DeployDependencies): Promise<Deployment> => new Deployer(dependencies).deploy();
