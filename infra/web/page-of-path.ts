/**
 * CloudFront function (`cloudfront-js-2.0`) of the default behavior: files are named in full, and every other path is
 * an address within the one page. A missing chunk is never answered with the page.
 */
export const PAGE_OF_PATH = `function handler(event) {
  var request = event.request;
  if (request.uri !== '/config.json') request.uri = '/index.html';
  return request;
}
`;
