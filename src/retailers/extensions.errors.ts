import { CcxError, Problem } from '../platform/errors.js';

@Problem({
  code: 'extension-not-found',
  kind: 'not-found',
  title: 'No such attribute of yours',
  advice: 'GET /v1/retailer/vocabulary lists what you have added to the vocabulary.',
})
export class ExtensionNotFoundError extends CcxError {
  constructor(path: string) {
    super(`You have added no attribute ${path}.`);
  }
}

@Problem({
  code: 'extension-path-taken',
  kind: 'conflict',
  title: 'You have an attribute of this path already',
  advice: 'Choose another path, or revise the attribute.',
})
export class ExtensionPathTakenError extends CcxError {
  constructor(path: string) {
    super(`You have an attribute ${path} already.`);
  }
}

@Problem({
  code: 'no-extension-prefix',
  kind: 'conflict',
  title: 'The website gives no prefix',
  advice: 'Ask the operator to register your website by a host name of your own.',
})
export class NoExtensionPrefixError extends CcxError {
  constructor(website: string) {
    super(`Attributes stand under the host of your website, and ${website} is not a host of your own.`);
  }
}

@Problem({
  code: 'extension-prefix-taken',
  kind: 'conflict',
  title: 'The prefix is not yours',
  advice: 'Ask the operator: your website has to be a host that you share with no other retailer.',
})
export class ExtensionPrefixTakenError extends CcxError {
  constructor(prefix: string) {
    super(`The prefix ${prefix}, or one above or below it, belongs to another retailer.`);
  }
}

@Problem({
  code: 'too-many-extensions',
  kind: 'conflict',
  title: 'The limit of your own attributes is reached',
  advice: 'Use the attributes of ccx-core, or values of an attribute that you have.',
})
export class TooManyExtensionsError extends CcxError {
  constructor(most: number) {
    super(`A retailer has ${most} attributes of its own at most, deprecated ones included.`);
  }
}

@Problem({
  code: 'too-many-extension-versions',
  kind: 'conflict',
  title: 'The attribute has been changed too often',
  advice: 'Deprecate it and add another one.',
})
export class TooManyExtensionVersionsError extends CcxError {
  constructor(path: string, most: number) {
    super(`${path} has ${most} versions, the most that there can be.`);
  }
}
