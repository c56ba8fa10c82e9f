import type { ObjectLiteral } from 'typeorm';

import { OAuthArtifact } from './authorization/artifact.entity.js';
import { DpopProof, OAuthReplay } from './authorization/replay.entity.js';
import { ConsentClient } from './consents/consent-client.entity.js';
import { ConsentRef } from './consents/consent-ref.entity.js';
import { ConsentRequest } from './consents/consent-request.entity.js';
import { ConsentVersion } from './consents/consent-version.entity.js';
import { Consent } from './consents/consent.entity.js';
import { ConsentRule } from './consents/rule.entity.js';
import { StoredNotice } from './consents/stored-notice.entity.js';
import { StoredReceipt } from './consents/stored-receipt.entity.js';
import { CustomerPassword, RecoveryCode } from './customers/credentials.entity.js';
import { Customer, LoginIdentity } from './customers/customer.entity.js';
import { Delegation, HeldDelegation } from './customers/delegation.entity.js';
import { Passkey } from './customers/passkey.entity.js';
import { PersonalToken } from './customers/personal-token.entity.js';
import { Session } from './customers/session.entity.js';
import { TillCode } from './customers/till-code.entity.js';
import { DisclosureSegment } from './disclosures/disclosure-segment.entity.js';
import { StoredAcknowledgement } from './disclosures/acknowledgement.entity.js';
import { Snapshot, SnapshotEntry } from './disclosures/snapshot.entity.js';
import { InteractionCounter } from './interactions/counter.entity.js';
import { InteractionCounterMark } from './interactions/counter-mark.entity.js';
import { DemandRelease } from './interactions/demand.entity.js';
import { Dispute, DisputeRef } from './interactions/dispute.entity.js';
import { InteractionNote } from './interactions/note.entity.js';
import { InteractionJob, InteractionJobBlock, InteractionJobResults } from './interactions/job.entity.js';
import { RetentionChoice } from './interactions/retention.entity.js';
import { SigningKey } from './platform/crypto/signing-key.entity.js';
import { LongJob } from './platform/jobs/long-job.entity.js';
import { Erasure, ErasingCustomer } from './portability/erasure.entity.js';
import { ErasureNotice } from './portability/erasure-notice.entity.js';
import { AuditDay, MonitorState, StoredFinding } from './oversight/monitor.entity.js';
import { Reidentification } from './oversight/reidentification.entity.js';
import { Import } from './portability/import.entity.js';
import { PreferenceDocument } from './preferences/preference-document.entity.js';
import { PreferenceVersion } from './preferences/preference-version.entity.js';
import { Client } from './retailers/client.entity.js';
import { ExtensionPrefix } from './retailers/extension-prefix.entity.js';
import { Retailer } from './retailers/retailer.entity.js';
import { StaffEnrolment, StaffFactor } from './staff/staff-factor.entity.js';
import { StaffInvitation, StaffMember, StaffSession } from './staff/staff-member.entity.js';
import { VocabularyExtension } from './vocabulary/vocabulary-extension.entity.js';
import { VocabularyRelease } from './vocabulary/vocabulary-release.entity.js';
import { PriorVersion, StoredPrior } from './suggestions/prior.entity.js';
import { SuggestionDay } from './suggestions/suggestion-day.entity.js';
import { SuggestionSettings } from './suggestions/suggestion-settings.entity.js';
import { StoredSuggestion } from './suggestions/suggestion.entity.js';

/** Every entity of the service, by module. TypeORM maps these; each is used by its own module alone. */
export const entities: (new () => ObjectLiteral)[] = [
  DpopProof,
  OAuthArtifact,
  OAuthReplay,
  Consent,
  ConsentClient,
  ConsentRef,
  ConsentRequest,
  ConsentRule,
  ConsentVersion,
  StoredNotice,
  StoredReceipt,
  Customer,
  CustomerPassword,
  Delegation,
  HeldDelegation,
  LoginIdentity,
  Passkey,
  PersonalToken,
  RecoveryCode,
  Session,
  TillCode,
  StoredAcknowledgement,
  Snapshot,
  SnapshotEntry,
  DemandRelease,
  Dispute,
  DisputeRef,
  InteractionCounter,
  InteractionCounterMark,
  RetentionChoice,
  InteractionNote,
  InteractionJob,
  InteractionJobBlock,
  InteractionJobResults,
  SigningKey,
  LongJob,
  Erasure,
  ErasingCustomer,
  ErasureNotice,
  Import,
  PreferenceDocument,
  PreferenceVersion,
  Client,
  ExtensionPrefix,
  Retailer,
  StaffEnrolment,
  StaffFactor,
  StaffInvitation,
  StaffMember,
  StaffSession,
  VocabularyExtension,
  VocabularyRelease,
  DisclosureSegment,
  SuggestionSettings,
  SuggestionDay,
  StoredSuggestion,
  PriorVersion,
  StoredPrior,
  AuditDay,
  MonitorState,
  StoredFinding,
  Reidentification,
];
