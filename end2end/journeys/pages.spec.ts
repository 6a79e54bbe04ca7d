// Every page as its reader sees it: axe finds nothing in either theme, one first heading, nothing scrolls sideways at any
// width. Which pages there are stands in ../pages.json, and a test of the server insists that none is missing there.
//
// Each page is loaded once and then made narrower, wider and darker. `AXE=all` (the long form) has axe look in both themes at
// every width; otherwise it looks in the dark on a phone and in the light on a desk, where the most is different.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { COLOURS, expectAccessible, expectAccessibleInBothThemes, inTheme } from '../lib/axe';
import { call } from '../lib/call';
import { mouse } from '../lib/hands';
import { linkIn, mailTo, mailsTo } from '../lib/mailbox';
import { added, applied, asked, cameIn, offered, published } from '../lib/prepared';
import { production } from '../lib/server';
import { applyAsSponsor, awake, DEMO_PASSWORD, drawn, enter, fresh, open, slug, somebody, staffPage, verifyOrganization } from '../lib/steps';
import { demoPerson, expect, market, newcomer, test } from '../lib/world';

const WIDTHS = [360, 768, 1280];
const ALL = process.env.AXE === 'all';
const THEMES: Record<number, ('light' | 'dark')[]> = ALL
  ? { 360: ['light', 'dark'], 768: ['light', 'dark'], 1280: ['light', 'dark'] }
  : { 360: ['dark'], 1280: ['light'] };

/** The long form takes its time. */
const patience = (seconds: number): number => seconds * (ALL ? 3_000 : 1_000);

/** What search engines call a good page is 0.1; ours hold a fifth of it. */
const MOST_SHIFT = 0.02;

interface Listed {
  route: string;
  path?: string;
  /** A page, the beginning of a link on it, and words of the link. */
  find?: [string, string, string?];
  /** What is written behind the address that was found. */
  then?: string;
  /** Part of a link on the page that was found, which leads on. */
  link?: string;
  /** Words that stand on it, where an empty page would say nothing. */
  shows?: string;
}

interface Stop {
  path: string;
  shows?: string;
}

const LIST = JSON.parse(readFileSync(join(__dirname, '../pages.json'), 'utf8')) as Record<string, Listed[]>;

/** The addresses of one kind of reader. Links are read off what the server sends: the pages they stand on are looked at by themselves. */
async function addresses(page: Page, reader: string): Promise<Stop[]> {
  const all: Stop[] = [];
  // A list leads to several pages, and is asked for once. Its links are there without scripts.
  const lists = new Map<string, { href: string; text: string }[]>();
  const linksOn = async (from: string) => {
    if (!lists.has(from)) {
      const answer = await page.request.get(from, { headers: { accept: 'text/html' } });
      expect(answer.ok(), `${from} answers`).toBe(true);
      const links = (html: string) =>
        [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('main a[href]')].map((it) => ({
          href: it.getAttribute('href')!,
          text: it.textContent ?? '',
        }));
      lists.set(from, await page.evaluate(links, await answer.text()));
    }
    return lists.get(from)!.filter(({ href }) => !/\/(new|import|add)/.test(href));
  };
  // What was made a moment ago stands there a moment later.
  const linkOn = async (from: string, what: string, fits: (link: { href: string; text: string }) => boolean) => {
    let found: string | undefined;
    const seek = async () => {
      found = (await linksOn(from)).find(fits)?.href;
      if (!found) lists.delete(from);
      return found;
    };
    await expect.poll(seek, { message: `${from} has a link to ${what}`, intervals: [200] }).toBeDefined();
    return found!;
  };
  for (const { path, find, then, link, shows } of LIST[reader]!) {
    if (path) all.push({ path, shows });
    if (!find) continue;
    const [from, begins, words = ''] = find;
    const href = await linkOn(from, `${begins}… ${words}`, (it) => it.href.startsWith(begins) && it.text.toLowerCase().includes(words.toLowerCase()));
    if (link) all.push({ path: await linkOn(href, `…${link}`, (it) => it.href.includes(link)), shows });
    else all.push({ path: then ? href.replace(/(\?|$)/, `${then}$1`) : href, shows });
  }
  return all;
}

/** How far everything has moved that nobody asked to move, since the page began to come; and what it was. */
async function shifts(page: Page): Promise<{ sum: number; moved: string[] }> {
  return page.evaluate(
    () =>
      new Promise((said) => {
        let sum = 0;
        const moved: string[] = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean; sources: { node?: Node }[] }[]) {
            if (entry.hadRecentInput) continue;
            sum += entry.value;
            for (const { node } of entry.sources) if (node instanceof Element) moved.push(`${node.localName}.${node.className}`);
          }
        }).observe({ type: 'layout-shift', buffered: true });
        // Two frames: what was laid out last is painted, and told.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => said({ sum, moved }), 50)));
      }),
  );
}

/** Fails when a page has jumped on its way. */
async function stoodStill(page: Page, path: string): Promise<void> {
  const { sum, moved } = await shifts(page);
  expect(sum, `${path} jumps: ${moved.join(' ')}`).toBeLessThan(MOST_SHIFT);
}

async function look(page: Page, stops: (string | Stop)[], isStill = false): Promise<void> {
  for (const stop of stops) {
    const { path, shows } = typeof stop === 'string' ? { path: stop } : stop;
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 }), `${path} has one first heading`).toHaveCount(1);
    await expect(page, `${path} has a title`).toHaveTitle(/./);
    if (shows) await expect(page.getByRole('main'), `${path} has something to look at`).toContainText(shows);
    // Not only silent: every form works without scripts, so nothing else would notice a program that never started.
    await expect(page.locator('html[data-awake]'), `${path} wakes`).toBeAttached();
    if (isStill) await stoodStill(page, path);
    await atEveryWidth(page, path);
  }
}

/** The page that is there: nothing scrolls sideways at any width, and axe finds nothing. */
async function atEveryWidth(page: Page, path: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${path} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
    for (const [at, theme] of (THEMES[width] ?? []).entries()) {
      await inTheme(page, theme);
      await expectAccessible(page, undefined, at ? COLOURS : undefined);
    }
  }
  await inTheme(page, null);
}

/** A page that stands alone: none of the program comes with it, so nothing wakes. */
async function lookAtPlain(page: Page, path: string, status = 200): Promise<void> {
  const answer = await page.goto(path);
  expect(answer!.status(), path).toBe(status);
  await expect(page.getByRole('heading', { level: 1 }), `${path} has one first heading`).toHaveCount(1);
  await expect(page, `${path} has a title`).toHaveTitle(/./);
  await atEveryWidth(page, path);
}

test('what strangers read', async ({ page }) => {
  test.setTimeout(patience(180));
  await look(page, await addresses(page, 'stranger'), true);
});

test('nothing that strangers read jumps while it comes to a phone', async ({ page }) => {
  test.setTimeout(patience(180));
  const stops = await addresses(page, 'stranger');
  // As somebody's first page: no font and no picture is there already.
  const session = await page.context().newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const { path } of stops) {
    await page.goto(path);
    await page.evaluate(() => document.fonts.ready);
    await stoodStill(page, path);
  }
  // What is measured is there to be measured.
  await page.evaluate(() => {
    const wedge = document.createElement('div');
    wedge.setAttribute('class', 'stack');
    wedge.append(...Array.from({ length: 20 }, () => Object.assign(document.createElement('p'), { textContent: 'x' })));
    document.querySelector('main')!.prepend(wedge);
  });
  expect((await shifts(page)).sum, 'a page that jumps is seen').toBeGreaterThan(MOST_SHIFT);
});

test('what a refusal looks like', async ({ page }) => {
  test.setTimeout(patience(180));
  const refusals: [string, string][] = [['/join', 'Sign up'], ['/sign-in', 'Sign in'], ['/become-sponsor', 'Continue']];
  for (const [path, button] of refusals) {
    await open(page, path);
    await page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
    await expect(page.getByRole('alert'), `${path} says what is wrong`).toBeVisible();
    await expectAccessibleInBothThemes(page);
    // The same words at the smallest width.
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `the refused ${path} scrolls sideways`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test('what somebody meets on the way in', async ({ page, browser, request }) => {
  test.setTimeout(patience(180));
  const acme = somebody('Asha', fresh('Way'));
  const steps = ['offer', 'send'];
  await applyAsSponsor(page, acme, mouse, () => look(page, [`/become-sponsor?step=${steps.shift()}`]));
  const mail = await mailTo(request, acme.email, /./);
  await look(page, [linkIn(mail, /^\/link\//), '/become-sponsor?step=sent']);
  // Ravi invites somebody; Mei asks to join a company that has not come yet.
  const ravi = await demoPerson(browser, 'ravi@apex.example');
  const invited = `new${Date.now().toString(36)}@apex.example`;
  await call(ravi, 'POST', '/invitations', { email: invited, role: 'Designer' });
  await look(page, [linkIn(await mailTo(request, invited, /./), /^\/invitations\//)]);
  // He adds a company that is not here: whoever is of it claims it.
  const front = somebody('Front', fresh('Added'));
  await added(ravi, front);
  await look(ravi, [`/directory/${slug(front.company)}`, `/directory/${slug(front.company)}/join`]);
  await ravi.getByRole('link', { name: `Claim ${front.company}` }).click();
  await expect(ravi).toHaveURL(/\/claim\//);
  await look(page, [`/claim/${slug(front.company)}`]);
  // One that staff have checked and that nobody leads any more: there a mailbox of theirs decides.
  const omar = await staffPage(browser);
  await verifyOrganization(omar, acme.company);
  await open(omar, '/staff/people');
  await omar.getByLabel('E-mail').fill(acme.email);
  await omar.getByRole('button', { name: 'Look up' }).click();
  await expect(omar).toHaveURL(/\/staff\/people\/[0-9a-f-]{36}/);
  await awake(omar);
  await omar.getByLabel('Reason').first().fill('They left the company.');
  await omar.getByRole('button', { name: /^Suspend/ }).click();
  await expect(omar.getByRole('button', { name: 'Restore the account' })).toBeVisible();
  await omar.context().close();
  await open(ravi, `/directory/${slug(acme.company)}/join`);
  await ravi.getByLabel(/^A mailbox at/).fill(`office@${acme.domain}`);
  await ravi.getByRole('button', { name: 'Send the mail' }).click();
  await look(page, [linkIn(await mailTo(request, `office@${acme.domain}`, /./), /^\/join-requests\//)]);
  await ravi.context().close();
  // Letters of a topic name a way to stop them.
  const letters = await mailsTo(request, 'ravi@apex.example');
  const told = letters.find((letter) => letter.text.includes('/unsubscribe/'))!;
  await look(page, [linkIn(told, /^\/unsubscribe\//)]);
  await call(page, 'POST', '/auth/login', { email: 'sara@commdesk.example', password: DEMO_PASSWORD });
  await look(page, ['/second-factor']);
});

/** Mailboxes on the page that go on in another line in the middle of a word, where nobody would break them. */
async function brokenMailboxes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      // What may break has an end there: such a mailbox is several texts, and each of them stands on one line.
      if (!text.data.includes('@') || /\s/.test(text.data.trim()) || text.parentElement!.closest('script, textarea, .visually-hidden')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const lines = new Set([...range.getClientRects()].filter((line) => line.width > 0).map((line) => Math.round(line.top)));
      if (lines.size > 1) found.push(text.data);
    }
    return found;
  });
}

test('mailboxes break where people would, and the mailbox of development fits a phone', async ({ page, request }) => {
  test.setTimeout(120_000);
  await enter(page, 'ravi@apex.example');
  await open(page, '/people');
  const form = page.getByRole('region', { name: 'Invite somebody' });
  const long = `sponsorship.coordination.of.the.region.${Date.now().toString(36)}@apex.example`;
  await form.getByLabel('E-mail').fill(long);
  await form.getByLabel('Role').selectOption('Designer');
  await form.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(page).toHaveURL(/done=invited/);
  await awake(page);
  await expect(page.getByRole('main').getByText(long, { exact: true }).first()).toBeVisible();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    expect(await brokenMailboxes(page), `mailboxes at ${width}`).toEqual([]);
  }
  const mail = await mailTo(request, long, /./);
  for (const path of ['/dev/mail', `/dev/mail?to=${encodeURIComponent(long)}`, `/dev/mail/${mail.id}`]) {
    await page.goto(path);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${path} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

// The longest list of all, on two workers: one alone would keep the others waiting for it.
for (const [part, at] of [['the first half', 0], ['the second half', 1]] as const) {
  test(`what a community works with, ${part}`, async ({ page }) => {
    test.setTimeout(patience(180));
    await enter(page, 'ravi@apex.example');
    const stops = await addresses(page, 'community');
    const half = Math.ceil(stops.length / 2);
    await look(page, stops.slice(at * half, (at + 1) * half));
  });
}

test('what a community is told of an address that asks for what there is not', async ({ page }) => {
  test.setTimeout(patience(60));
  await enter(page, 'ravi@apex.example');
  // An address that asks for what there is not says so, and leads to the page itself.
  await look(page, ['/people?status=nobody']);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This address does not fit this page');
  await page.getByRole('link', { name: 'Open the page without it' }).click();
  await expect(page).toHaveURL(/\/people$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('in Apex Circle');
});

test('what a sponsor works with', async ({ page }) => {
  test.setTimeout(patience(180));
  await enter(page, 'asha@acme.example');
  await look(page, await addresses(page, 'sponsor'));
});

/** Requests that are over, one of each kind: declined, taken back, run out, agreed. One after the other, about one offer. */
async function closedRequests(sponsor: Page, community: Page): Promise<Stop[]> {
  const opportunity = await offered(community, await published(community, fresh('Over')));
  const declined = await asked(sponsor, opportunity, 250_000, 'We would bring stickers for everybody.');
  await call(community, 'PATCH', `/requests/${declined}/reject`, { reason: 'Timing', note: 'Not in this season; thank you.' });
  const withdrawn = await asked(sponsor, opportunity, 260_000, 'We would bring a coffee machine.');
  await call(sponsor, 'PATCH', `/requests/${withdrawn}/withdraw`);
  let expired = '';
  // Two seconds of the server's clock, which other journeys move on.
  await expect(async () => {
    const { now } = (await (await sponsor.request.get('/dev/clock')).json()) as { now: string };
    const validUntil = new Date(Date.parse(now) + 2_000).toISOString();
    const offer = { amount: 270_000, message: 'We would bring it if you hurry.', validUntil };
    expired = (await call(sponsor, 'POST', `/opportunities/${opportunity}/apply`, offer)).id;
  }).toPass({ timeout: 15_000, intervals: [100] });
  const state = async () => (await call(sponsor, 'GET', `/requests/${expired}`)).state;
  await expect.poll(state, { message: 'its time is over', timeout: 15_000, intervals: [200] }).toBe('Expired');
  const accepted = await asked(sponsor, opportunity, 280_000, 'We would bring all of that.');
  const { revisionHash } = await call<{ revisionHash: string }>(community, 'GET', `/requests/${accepted}`);
  await call(community, 'PATCH', `/requests/${accepted}/accept`, { revisionHash });
  return [
    { path: `/requests/${declined}`, shows: 'Declined' },
    { path: `/requests/${withdrawn}`, shows: 'Withdrawn' },
    { path: `/requests/${expired}`, shows: 'Expired' },
    { path: `/requests/${accepted}`, shows: 'Accepted' },
  ];
}

test('what both sides read of a request that is over', async ({ browser }) => {
  test.setTimeout(patience(180));
  const { sponsor, community } = await market(browser);
  const stops = await closedRequests(sponsor, community);
  for (const page of [sponsor, community]) await look(page, stops);
});

test('what an applicant and a community see while they wait', async ({ page, browser }) => {
  test.setTimeout(patience(180));
  await enter(page, 'mallory@globex.example');
  await look(page, await addresses(page, 'applicant'));
  const kofi = await demoPerson(browser, 'kofi@newgrove.example');
  await look(kofi, await addresses(kofi, 'unapproved'));
  // Somebody whom staff asked something: the question stands there, and where it is answered.
  const company = somebody('Ilse', fresh('Asked'));
  const ilse = await newcomer(browser);
  const organization = await applied(ilse, company);
  await cameIn(ilse, company.email);
  const sara = await staffPage(browser, 'sara@commdesk.example');
  const question = 'Which events have you supported before?';
  await call(sara, 'POST', `/sponsors/${organization}/verify`, { decision: 'more', reason: question });
  await look(ilse, [{ path: '/dashboard', shows: question }]);
  for (const one of [kofi, ilse, sara]) await one.context().close();
});

test('what stands alone: embeds, the card after a session, and pages for when something breaks or nobody answers', async ({ page }) => {
  test.setTimeout(patience(150));
  const offers = await call<Items>(page, 'GET', '/opportunities?search=HarbourConf&limit=50');
  const title = offers.items.find((one) => one.category === 'Title Sponsor')!;
  await lookAtPlain(page, `/embed/opportunities/${title.id}/badge`);
  await lookAtPlain(page, '/embed/events/hackfest/sponsors');
  await drawn(page.getByRole('link', { name: /Lumen Data/ }).locator('img'));

  // The program is held up, so the browser sends the form itself; and the session is gone.
  await enter(page, 'ravi@apex.example');
  await page.route('**/*.wasm', () => {});
  await page.goto('/manage/events/new');
  await page.getByRole('textbox', { name: 'Title', exact: true }).fill('An evening that is kept');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to go on');
  await atEveryWidth(page, 'the card');

  await lookAtPlain(page, '/offline');
  const served = await production();
  try {
    // A page that breaks says so in its frame; a door that breaks before there is a page (here it asks whose session this is), on a
    // card. Both name a number.
    served.lose('events');
    await lookAtPlain(page, `${served.address}/events`, 500);
    await expect(page.getByRole('main')).toContainText('write to us and name this number');
    served.lose('sessions');
    await page.context().addCookies([{ name: 'commdesk', value: 'x'.repeat(43), url: served.address }]);
    await lookAtPlain(page, `${served.address}/events`, 500);
    await expect(page.getByRole('main')).toContainText('write to us and name this number');
    await expect(page.getByRole('link', { name: 'Start page' })).toBeVisible();
    await page.context().clearCookies();
    await served.cutOff();
    await lookAtPlain(page, `${served.address}/events`, 503);
  } finally {
    await served.stop();
  }
});

test('what a community works with that sells piece by piece', async ({ page }) => {
  test.setTimeout(patience(120));
  await enter(page, 'mei@harbour.example');
  await look(page, await addresses(page, 'pieces'));
});

interface Items {
  id: string;
  items: { id: string; category: string }[];
}

/** A row in every queue of staff: a request that is held, a report, a profile that somebody claims, which is like another one. */
async function fillQueues(browser: Browser): Promise<void> {
  const tomas = await demoPerson(browser, 'tomas@lumen.example');
  const offers = await call<Items>(tomas, 'GET', '/opportunities?search=HarbourConf&limit=50');
  const title = offers.items.find((one) => one.category === 'Title Sponsor')!;
  const links = [1, 2, 3, 4].map((part) => `https://lumen.example/${part}`).join(' ');
  await call(tomas, 'POST', `/opportunities/${title.id}/apply`, { amount: 700_000, message: `All that we do stands at ${links}` });
  const harbour = await call(tomas, 'GET', '/communities/harbour-devs');
  await call(tomas, 'POST', '/reports', { subjectKind: 'community', subjectId: harbour.id, reason: 'Spam', words: 'They write every night.' });
  // Added by a community, then claimed from its mailbox.
  const mei = await demoPerson(browser, 'mei@harbour.example');
  const twin = somebody('Front', fresh('Twin of Lumen'));
  await added(mei, twin);
  const front = await newcomer(browser);
  await call(front, 'POST', `/sponsors/${slug(twin.company)}/claims`, { email: twin.email });
  await cameIn(front, twin.email);
  for (const one of [tomas, mei, front]) await one.context().close();
}

test('what staff work with', async ({ browser }) => {
  test.setTimeout(patience(180));
  await fillQueues(browser);
  const page = await staffPage(browser, 'sara@commdesk.example');
  await look(page, await addresses(page, 'staff'));
});

test('what admins work with', async ({ browser }) => {
  test.setTimeout(patience(180));
  const page = await staffPage(browser, 'omar@commdesk.example');
  await look(page, ['/staff/people']);
  await page.getByLabel('E-mail').fill('ravi@apex.example');
  await page.getByRole('button', { name: 'Look up' }).click();
  await expect(page).toHaveURL(/\/staff\/people\/[0-9a-f-]{36}/);
  await look(page, [new URL(page.url()).pathname + new URL(page.url()).search]);
});
