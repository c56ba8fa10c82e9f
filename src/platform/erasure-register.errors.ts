/** The register is not the one that belongs to the database, or somebody whom it names cannot be erased again. */
export class ErasureRegisterError extends Error {
  override readonly name = 'ErasureRegisterError';
}
