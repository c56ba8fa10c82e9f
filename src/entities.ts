import type { ObjectLiteral } from 'typeorm';

import { OAuthArtifact } from './authorization/artifact.entity.js';
import { DpopProof, OAuthReplay } from './authorization/replay.entity.js';
import { SigningKey } from './authorization/signing-key.entity.js';
import { ConsentClient } from './consents/consent-client.entity.js';
import { ConsentRef } from './consents/consent-ref.entity.js';
import { ConsentRequest } from './consents/consent-request.entity.js';
import { ConsentVersion } from './consents/consent-version.entity.js';
import { Consent } from './consents/consent.entity.js';
import { StoredNotice } from './consents/stored-notice.entity.js';
import { CustomerPassword, RecoveryCode } from './customers/credentials.entity.js';
import { Customer, LoginIdentity } from './customers/customer.entity.js';
import { PersonalToken } from './customers/personal-token.entity.js';
import { Session } from './customers/session.entity.js';
import { PreferenceDocument } from './preferences/preference-document.entity.js';
import { PreferenceVersion } from './preferences/preference-version.entity.js';
import { Client } from './retailers/client.entity.js';
import { Retailer } from './retailers/retailer.entity.js';
import { StaffInvitation, StaffMember, StaffSession } from './staff/staff-member.entity.js';

/** Every entity of the service, by module. TypeORM maps these; each is used by its own module alone. */
export const entities: (new () => ObjectLiteral)[] = [
  DpopProof,
  OAuthArtifact,
  OAuthReplay,
  SigningKey,
  Consent,
  ConsentClient,
  ConsentRef,
  ConsentRequest,
  ConsentVersion,
  StoredNotice,
  Customer,
  CustomerPassword,
  LoginIdentity,
  PersonalToken,
  RecoveryCode,
  Session,
  PreferenceDocument,
  PreferenceVersion,
  Client,
  Retailer,
  StaffInvitation,
  StaffMember,
  StaffSession,
];
