/** What belongs together in the API description. A tag of a route that is missing here has no description. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  'Account (customer)': 'Registering, signing in, and what belongs to the account itself.',
  Audit: 'What is recorded, for auditors to search.',
  'Auditors (operator)': 'Inviting auditors, for a time and a part of the records.',
  'Clients (operator)': 'The OAuth clients of retailers: their keys, redirect URIs and scopes.',
  'Consent requests (customer)': 'What retailers ask the customer for, and how to decide it.',
  'Consent requests (retailer)': 'Asking customers who are not there, and learning what became of it.',
  'Consents (customer)': 'What the customer has given to retailers, and how to end it.',
  'Disclosures (customer)': 'Who read what, and when; and what each retailer would see.',
  'Interactions (customer)': 'What retailers reported about the customer.',
  'Interactions (retailer)': 'Reporting what happened, as CloudEvents.',
  OAuth:
    'How a retailer’s client gets tokens: for itself, and for what customers consent to. Errors are those of RFC 6749.',
  'Own profile (retailer)': 'What a retailer sees of itself.',
  'Personal tokens (customer)': 'Tokens for the customer’s own programs, which can do no more than they say.',
  'Preferences (customer)': 'What the customer states, once and for all retailers.',
  'Preferences (retailer)': 'What a retailer may know of a customer, at this touchpoint and for this purpose.',
  Retailers: 'Who takes part.',
  'Retailers (operator)': 'Admitting retailers, and stopping them.',
  Service: 'Whether the service is there, and what its problems mean.',
  Staff: 'The sign-in of operators and auditors.',
  Vocabulary: 'What preferences can be about: attributes, the schemas of their values, and code lists.',
};
