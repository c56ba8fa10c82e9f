/** Where grants are managed, by a controller of our own. */
export const GRANTS_PATH = '/oauth/grants';

/** The addresses of the engine. Nothing else reaches it. */
export const engineRoutes = {
  pushed_authorization_request: '/oauth/par',
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  jwks: '/oauth/jwks',
  device_authorization: '/oauth/device_authorization',
  code_verification: '/oauth/device',
} as const;

const metadataPaths: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];
const enginePaths = new Set<string>([...Object.values(engineRoutes), ...metadataPaths]);
/** Where people come by, and where they come back to from our pages. */
const pathOfPeople = /^\/oauth\/(?:authorize|device)(?:\/[\w-]{1,64})?$/;

export function isEnginePath(path: string): boolean {
  return enginePaths.has(path) || isForPeople(path);
}

/** Whether somebody in a browser comes to this path, and no program. */
export function isForPeople(path: string): boolean {
  return pathOfPeople.test(path);
}

/** Whether the answers at this path are public and change rarely. */
export function isPublished(path: string): boolean {
  return path === engineRoutes.jwks || metadataPaths.includes(path);
}
