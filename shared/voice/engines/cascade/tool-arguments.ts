/** The arguments of a tool use that a model wrote in pieces; as it wrote them when they are not JSON. */
export const toolArguments = (json: string): unknown => {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
};
