import { AwsError } from '../../core/service.ts';
import { childrenOf, parseXml, textOf } from './xml.ts';

/** Tags of one object (user guide, "Categorizing your objects using tags"). */
const MAX_TAGS = 10;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;

export type Tags = Readonly<Record<string, string>>;

/** Tags as the header `x-amz-tagging` has them: a query string. */
export const tagsFromQuery = (text: string): Tags => requireTags(Object.fromEntries(new URLSearchParams(text)));

/** Tags as a `Tagging` document has them. Throws `MalformedXML`, `InvalidTag`. */
export const tagsFromXml = (text: string): Tags => {
  try {
    const sets = childrenOf(parseXml(text), 'TagSet');
    const tags = sets.flatMap((set) => childrenOf(set, 'Tag'));
    return requireTags(Object.fromEntries(tags.map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''])));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
};

export const requireTags = (tags: Tags): Tags => {
  if (Object.keys(tags).length > MAX_TAGS)
    throw new AwsError('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}`);
  for (const [key, value] of Object.entries(tags)) {
    if (key === '' || key.length > MAX_KEY_LENGTH)
      throw new AwsError('InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > MAX_VALUE_LENGTH) throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid');
  }
  return tags;
};
