import { expect, test } from 'vitest';
import { evaluate } from '../../../local/core/policy.ts';
import type { JsonObject, Need } from '../../../local/core/service.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/agents';
const need: Need = { action: 'dynamodb:GetItem', resource: TABLE };

/** The decision of one statement (`Allow` on everything unless said otherwise) about reading the table. */
const decide = (statement: JsonObject, context: Need['context'] = {}) =>
  evaluate([{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...statement }] }], need, context);

test('actions match without regard to case, resources exactly, both with wildcards', () => {
  expect([
    decide({ Action: 'DynamoDB:getitem' }),
    decide({ Action: ['s3:*', 'dynamodb:Get*'] }),
    decide({ Action: 'dynamodb:GetItem?' }),
    decide({ Resource: `${TABLE}*` }),
    decide({ Resource: TABLE.toUpperCase() }),
    evaluate([{ Statement: { Effect: 'Allow', NotAction: 's3:*', Resource: '*' } }], need, {}),
    evaluate([{ Statement: { Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' } }], need, {}),
    evaluate([{ Statement: { Effect: 'Allow', Action: '*', NotResource: TABLE } }], need, {}),
  ]).toEqual([
    'allowed',
    'allowed',
    'implicit-deny',
    'allowed',
    'implicit-deny',
    'allowed',
    'implicit-deny',
    'implicit-deny',
  ]);
});

test('an explicit deny wins over every allow, wherever it stands', () => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const deny = { Effect: 'Deny', Action: 'dynamodb:*', Resource: TABLE };
  expect([
    evaluate([{ Statement: [allow, deny] }], need, {}),
    evaluate([{ Statement: [deny] }, { Statement: [allow] }], need, {}),
    evaluate([], need, {}),
  ]).toEqual(['explicit-deny', 'explicit-deny', 'implicit-deny']);
});

test('conditions compare as IAM says, missing keys included', () => {
  const when = (Condition: JsonObject, context: Need['context'] = {}) => decide({ Condition }, context) === 'allowed';
  const tag = { 'aws:ResourceTag/userId': 'u1' };
  expect({
    equal: when({ StringEquals: { 'aws:ResourceTag/userId': ['u0', 'u1'] } }, tag),
    keyCase: when({ StringEquals: { 'AWS:resourcetag/userId': 'u1' } }, tag),
    missing: when({ StringEquals: { 'aws:ResourceTag/userId': 'u1' } }),
    missingIfExists: when({ StringEqualsIfExists: { 'aws:ResourceTag/userId': 'u1' } }),
    notEqual: when({ StringNotEquals: { 'aws:ResourceTag/userId': ['u1', 'u2'] } }, tag),
    notEqualMissing: when({ StringNotEquals: { 'aws:ResourceTag/userId': 'u1' } }),
    like: when({ StringLike: { 'aws:ResourceTag/userId': 'u?' } }, tag),
    arn: when({ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, { 'aws:SourceArn': 'arn:aws:s3:::b' }),
    absent: when({ Null: { 'aws:TagKeys': 'true' } }),
    bool: when({ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'true' }),
    number: when({ NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '9' }),
    variable: when(
      { StringEquals: { owner: '${aws:PrincipalTag/userId}' } },
      { owner: 'u', 'aws:PrincipalTag/userId': 'u' },
    ),
    all: when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['a', 'c'] }),
    any: when({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['a', 'c'] }),
    bothOperators: when({ StringEquals: { a: '1' }, StringLike: { b: 'x*' } }, { a: '1', b: 'y' }),
  }).toEqual({
    equal: true,
    keyCase: true,
    missing: false,
    missingIfExists: true,
    notEqual: false,
    notEqualMissing: true,
    like: true,
    arn: true,
    absent: true,
    bool: false,
    number: true,
    variable: true,
    all: false,
    any: true,
    bothOperators: false,
  });
});

test('a condition operator that IAM lacks is an error, never a weaker policy', () => {
  expect(() => decide({ Condition: { StringResembles: { a: 'b' } } }, { a: 'b' })).toThrow('no condition operator');
});
