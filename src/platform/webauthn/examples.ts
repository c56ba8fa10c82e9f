/** What browsers send, shortened, for the API description. */
const credentialId = 'x0vPl3dP1bq8tNYm2cRkXg';
const clientDataJSON =
  'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiVW5kZXIgdGhlIGNhbmFsIiwib3JpZ2luIjoiaHR0cHM6Ly9jY3guZXhhbXBsZSJ9';

export const passkeyExample = {
  id: credentialId,
  rawId: credentialId,
  type: 'public-key',
  response: {
    clientDataJSON,
    authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAA',
    signature: 'MEUCIQDq2mWJq0d1o7r5sYb3nUe4vXcT8kZp6wHfLgAiQyRj0AIgVn9tB7sLw2yJdRc6hPmUo5eAf8iGtK1xVbQ4EuZk3vX',
    userHandle: 'cDFadjlDMGU3eE1xMWtXc0RmTGhQYUdy',
  },
  clientExtensionResults: {},
};

export const newPasskeyExample = {
  id: credentialId,
  rawId: credentialId,
  type: 'public-key',
  response: {
    clientDataJSON,
    attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NdAAAAAA',
    transports: ['internal'],
  },
  clientExtensionResults: {},
};

export const requestOptionsExample = {
  rpId: 'ccx.example',
  challenge: 'pV8kQm2cR0xT7bYw4nZsJd1LgHfAiE6oUuKq3vXe9Sw',
  timeout: 300000,
  userVerification: 'required',
};

export const creationOptionsExample = {
  rp: { name: 'CCX', id: 'ccx.example' },
  user: { id: 'cDFadjlDMGU3eE1xMWtXc0RmTGhQYUdy', name: 'mira@example.org', displayName: 'mira@example.org' },
  challenge: 'pV8kQm2cR0xT7bYw4nZsJd1LgHfAiE6oUuKq3vXe9Sw',
  pubKeyCredParams: [
    { alg: -7, type: 'public-key' },
    { alg: -8, type: 'public-key' },
    { alg: -257, type: 'public-key' },
  ],
  timeout: 300000,
  attestation: 'none',
  excludeCredentials: [],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required', requireResidentKey: true },
  extensions: { credProps: true },
  hints: [],
};
