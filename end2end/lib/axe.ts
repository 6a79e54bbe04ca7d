// Accessibility by axe-core, on a page as a person sees it.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect } from './test';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  id: string;
  impact: string | null;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** The rules that look at colours: all that can change when nothing but the theme does. */
export const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * Fails with one line per element when axe finds anything; `within` narrows it to a part of the page, `rules` to these. Style
 * sheets are not read for axe: none of its rules that are on wants them, and each time they would be written anew.
 */
export async function expectAccessible(page: Page, within?: string, rules?: string[]): Promise<void> {
  // A transition half-way has colours that nobody chose.
  await page.evaluate(() =>
    Promise.race([
      Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
      new Promise((enough) => setTimeout(enough, 500)),
    ]),
  );
  // Over the debugger: a <script> of ours would be stopped by the page's policy, which stays on.
  const session = await page.context().newCDPSession(page);
  try {
    // Half a megabyte: sent to a page once, however often it is looked at.
    if (!(await evaluate(session, 'Boolean(window.axe)'))) await evaluate(session, `${source}; 0`);
    const findings = (await evaluate(
      session,
      `axe.run(${within ? JSON.stringify({ include: [within] }) : 'document'}, ${JSON.stringify({
        resultTypes: ['violations'],
        preload: { assets: ['media'] },
        ...(rules && { runOnly: { type: 'rule', values: rules } }),
      })})
        .then(({ violations }) => violations.map(({ id, impact, help, nodes }) =>
          ({ id, impact, help, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
    )) as Finding[];
    const lines = findings.flatMap(({ id, impact, help, nodes }) =>
      nodes.map((node) => `${impact} ${id}: ${help} — ${node.target.join(' ')} — ${node.failureSummary ?? ''}`),
    );
    expect(lines, `accessibility of ${page.url()}`).toEqual([]);
  } finally {
    await session.detach();
  }
}

/** In this theme from now on, and at once: what fades from one to the other would be waited for. */
export async function inTheme(page: Page, colorScheme: 'light' | 'dark' | null): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: colorScheme && 'reduce' });
}

/** The same in both themes, for a page that follows the system's choice: in the second one, what a theme decides. */
export async function expectAccessibleInBothThemes(page: Page, within?: string): Promise<void> {
  await inTheme(page, 'light');
  await expectAccessible(page, within);
  await inTheme(page, 'dark');
  await expectAccessible(page, within, COLOURS);
  await inTheme(page, null);
}

type Session = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>;

async function evaluate(session: Session, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
