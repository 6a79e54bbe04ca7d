// One small market that the journeys of the five people share: made once, by the steps that people take.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { applyFor, awake, bothSides, fresh, invite, open, openOpportunity, publishEvent, signIn, slug, somebody, type Somebody } from './steps';
import { expect, test as base } from './test';

export { expect } from './test';

/** What the two agreed to keep between them: nobody else may read any of it. */
export const SECRETS = { offer: '3,57,000', message: 'We bring two mentors and a prize.', phone: '98765 43210' };

export interface World {
  acme: Somebody;
  apex: Somebody;
  /** The sponsor's admin and the community's owner, each in a browser of their own. */
  sponsor: Page;
  owner: Page;
  event: string;
  /** Acme's application, which waits: its path. */
  request: string;
  /** The opportunity, as the community manages it: its path. */
  opportunity: string;
  /** An event that is not published yet: its path. */
  draft: string;
}

/** Somebody with a browser, whose pages must keep their promises too. */
export async function newcomer(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const part = () => 1 + Math.floor(Math.random() * 250);
  const context = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': `10.202.${part()}.${part()}` } });
  return (await watched(context)).newPage();
}

/** Somebody of the demo, signed in. */
export async function demoPerson(browser: Browser, email: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newcomer(browser, options);
  await signIn(page, email, 'a calm demo passphrase');
  return page;
}

const complaints: string[] = [];

async function watched(context: BrowserContext): Promise<BrowserContext> {
  context.on('weberror', (problem) => complaints.push(`exception: ${problem.error().message}`));
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return context;
}

async function make(browser: Browser): Promise<World> {
  const { sponsor, community: owner, acme, apex } = await bothSides(browser);
  await watched(sponsor.context());
  await watched(owner.context());
  const event = fresh('DayConf');
  await publishEvent(owner, event);
  await openOpportunity(owner, event);
  const opportunity = new URL(owner.url()).pathname;
  await applyFor(sponsor, event, SECRETS.offer, SECRETS.message);
  const request = new URL(sponsor.url()).pathname;
  await open(owner, '/manage/events/new');
  await owner.getByRole('textbox', { name: 'Title', exact: true }).fill(fresh('Quiet plan'));
  await owner.getByRole('button', { name: /^Save( draft)?$/ }).first().click();
  await expect(owner).toHaveURL(/\/manage\/events\/[0-9a-f-]{36}/);
  const draft = new URL(owner.url()).pathname;
  return { acme, apex, sponsor, owner, event, request, opportunity, draft };
}

export const test = base.extend<{ nothingBroke: void }, { world: World }>({
  world: [async ({ browser }, use) => use(await make(browser)), { scope: 'worker', timeout: 180_000 }],
  nothingBroke: [
    async ({}, use) => {
      await use();
      base.expect(complaints.splice(0), 'exceptions and policy violations in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

/** A seat in one of the two workspaces, for a person of this journey. */
export async function seated(browser: Browser, by: Page, of: Somebody, first: string, role: string, options: BrowserContextOptions = {}): Promise<Page> {
  const who: Somebody = { ...somebody(first, of.company), name: `${first} Journey` };
  // The invitation is accepted with scripts; what follows is read as the journey says.
  const door = await newcomer(browser, options.viewport ? { viewport: options.viewport } : {});
  await invite(by, who, role, door);
  if (options.javaScriptEnabled !== false) return door;
  const quiet = await newcomer(browser, options);
  await quiet.context().addCookies(await door.context().cookies());
  await door.context().close();
  return quiet;
}

/** Opens an address and says what it answered. */
export async function status(page: Page, path: string): Promise<number> {
  const answer = await page.goto(path);
  return answer!.status();
}

/** These addresses are closed: a refusal or nothing, and none of the secrets in it. */
export async function closed(page: Page, paths: string[], secrets: string[]): Promise<void> {
  for (const path of paths) {
    expect([401, 403, 404], `${path} is closed`).toContain(await status(page, path));
    await reveals(page, secrets, path);
  }
}

/** None of the words is anywhere in the page, what it carries for its scripts included. */
export async function reveals(page: Page, secrets: string[], where: string): Promise<void> {
  const text = await page.content();
  for (const secret of secrets) expect(text.includes(secret), `${where} shows ${secret}`).toBe(false);
}

/** Nothing scrolls sideways. */
export async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** A state of a page as it stands on this screen: nothing sideways, and nothing that axe finds. */
export async function sound(page: Page): Promise<void> {
  await awake(page);
  await fits(page);
  await expectAccessible(page);
}

export { slug };
