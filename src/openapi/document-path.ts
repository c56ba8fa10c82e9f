/** Where the description is committed, from the root of the repository. */
export const DOCUMENT_PATH = 'openapi/ccx.yaml';
