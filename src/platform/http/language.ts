import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** The languages that people are answered in. */
export const answerLanguages = ['en', 'de'] as const;
export type AnswerLanguage = (typeof answerLanguages)[number];

/** The language that the caller prefers among ours (RFC 9110 §12.5.4), else English; the answer says which it is. */
export function answerLanguage(request: FastifyRequest, reply: FastifyReply): AnswerLanguage {
  const negotiator = new Negotiator({ headers: { 'accept-language': request.headers['accept-language'] } });
  const language = (negotiator.language([...answerLanguages]) as AnswerLanguage | undefined) ?? 'en';
  void reply.headers({ 'content-language': language, vary: 'accept-language' });
  return language;
}
