// What arrived by mail. In development every mail can be read at /dev/mail.
import type { APIRequestContext } from '@playwright/test';
import { expect } from './test';

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string | null;
  /** When it was handed over, RFC 3339. */
  sentAt: string | null;
}

/** All mails to this address, newest first. */
export async function mailsTo(request: APIRequestContext, to: string): Promise<Mail[]> {
  const answer = await request.get(`/dev/mail.json?to=${encodeURIComponent(to)}`);
  expect(answer.status(), 'the mailbox of development answers').toBe(200);
  return (await answer.json()) as Mail[];
}

/** The newest mail to this address whose subject matches, waited for: mails are sent by a job. */
export async function mailTo(request: APIRequestContext, to: string, subject: RegExp): Promise<Mail> {
  let found: Mail | undefined;
  await expect
    .poll(
      async () => {
        found = (await mailsTo(request, to)).find((mail) => subject.test(mail.subject));
        return found !== undefined;
      },
      // A letter is there within a blink or two: asked for in longer and longer steps, it would lie for a second.
      { message: `a mail to ${to} about ${subject}`, timeout: 15_000, intervals: [50] },
    )
    .toBe(true);
  return found!;
}

/** The first link in a mail whose path matches, as path and query: journeys stay on their own server. */
export function linkIn(mail: Mail, path: RegExp): string {
  for (const [link] of mail.text.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    const url = new URL(link.replace(/[.,)]+$/, ''));
    if (path.test(url.pathname)) return url.pathname + url.search;
  }
  throw new Error(`no link to ${path} in the mail "${mail.subject}":\n${mail.text}`);
}
