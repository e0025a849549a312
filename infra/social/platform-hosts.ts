/** The platforms' APIs (developers.facebook.com/docs/graph-api, …/instagram-platform, docs.x.com/x-api). */
export const PLATFORM_HOSTS = {
  GRAPH_API_URL: 'https://graph.facebook.com',
  INSTAGRAM_API_URL: 'https://graph.instagram.com',
  X_API_URL: 'https://api.x.com',
} as const;
