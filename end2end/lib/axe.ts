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

/** Fails with one line per element when axe finds anything; `within` narrows it to a part of the page. */
export async function expectAccessible(page: Page, within?: string): Promise<void> {
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
      `axe.run(${within ? JSON.stringify({ include: [within] }) : 'document'}, { resultTypes: ['violations'] })
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

/** The same in both themes, for a page that follows the system's choice. */
export async function expectAccessibleInBothThemes(page: Page, within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, within);
  }
  await page.emulateMedia({ colorScheme: null });
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
