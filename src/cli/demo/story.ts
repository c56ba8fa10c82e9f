import { randomBytes } from 'node:crypto';

import { admitEverybody } from './admission.js';
import { askByOAuth } from './asking.js';
import { audit } from './auditing.js';
import type { StaffCredentials } from '../staff-credentials.js';
import { askInTheInbox } from './inbox.js';
import { lookBack } from './looking-back.js';
import type { Narrator } from './narrator.js';
import { signUp, statePreferences } from './profile.js';
import { readAtTouchpoints } from './reading.js';
import { reportInteractions } from './reporting.js';
import { Stage } from './stage.js';
import { withdraw } from './withdrawal.js';

/**
 * The whole story, through the public API of the service at `url`: a customer, two grocers, an operator, an auditor.
 * Everybody is new, so that it can be told again at the same service.
 *
 * @throws StoryError at the first thing that is not as it should be
 */
export async function tellStory(url: string, operator: StaffCredentials, narrator: Narrator): Promise<void> {
  const stage = new Stage(url, randomBytes(3).toString('hex'), narrator);
  const { albatross, thistle, invitation } = await admitEverybody(stage, operator);
  const mira = await signUp(stage);
  await statePreferences(stage, mira, albatross);
  const connection = await askByOAuth(stage, albatross, mira);
  await readAtTouchpoints(stage, connection);
  const subject = await askInTheInbox(stage, thistle, mira);
  await reportInteractions(stage, connection, thistle, subject);
  await lookBack(stage, mira, albatross);
  await withdraw(stage, mira, connection, thistle, subject);
  await audit(stage, invitation, mira, albatross);
}
