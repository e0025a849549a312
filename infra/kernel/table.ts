import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  Table as DynamoTable,
  type GlobalSecondaryIndexProps,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import type { Grantee } from './oratio-function.ts';

export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'Query'
  | 'ConditionCheckItem'
  | 'BatchWriteItem';

export interface TableProps {
  readonly config: StageConfig;
  /** Without the stage's prefix: `agents`. */
  readonly name: string;
  /** The variable a function finds the table's name in: `AGENTS_TABLE`. */
  readonly variable: string;
  readonly partitionKey: Attribute;
  readonly sortKey?: Attribute;
  readonly timeToLiveAttribute?: string;
  readonly indexes?: readonly GlobalSecondaryIndexProps[];
}

export const stringKey = (name: string): Attribute => ({ name, type: AttributeType.STRING });
export const numberKey = (name: string): Attribute => ({ name, type: AttributeType.NUMBER });

/** A table paid by the request, with point-in-time recovery; whoever may use it is told its name. */
export class Table extends Construct {
  readonly table: DynamoTable;
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id);
    this.#variable = props.variable;
    const { config } = props;
    this.table = new DynamoTable(this, 'Table', {
      tableName: `${config.prefix}-${props.name}`,
      partitionKey: props.partitionKey,
      ...(props.sortKey ? { sortKey: props.sortKey } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.retainData,
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.timeToLiveAttribute ? { timeToLiveAttribute: props.timeToLiveAttribute } : {}),
    });
    for (const index of props.indexes ?? []) this.table.addGlobalSecondaryIndex(index);
  }

  /** Gives the table's name and these actions on its items. */
  grant(fn: Grantee, ...actions: readonly TableAction[]): void {
    fn.provide(this.#variable, this.table.tableName);
    if (actions.length === 0) return;
    fn.allow(
      actions.map((action) => `dynamodb:${action}`),
      [this.table.tableArn],
    );
  }

  /** Gives the table's name and queries of one index. */
  grantQueryOf(fn: Grantee, index: string): void {
    fn.provide(this.#variable, this.table.tableName);
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${index}`]);
  }
}
