// Names without a place to break, and names that are read from the right: every page that shows them stays as wide as its
// window, cuts none of them off, and keeps what stands beside a name in its order.
import type { Browser, Page } from '@playwright/test';
import { call } from '../lib/call';
import { mailsTo } from '../lib/mailbox';
import { applied, asked, cameIn, joined, offered, published, verified } from '../lib/prepared';
import { fresh, staffPage, type Somebody } from '../lib/steps';
import { expect, market, newcomer, test } from '../lib/world';

const WIDTHS = [360, 768, 1280];

/** Everybody here only reads, and what they read is there before any script is. */
const READER = { javaScriptEnabled: false };

/** The beginning of a name that is read from the right. */
const FROM_THE_RIGHT = /^[\u0590-\u08ff]/;

/** A mark that makes a name its own, without a space in it. */
const mark = (): string => fresh('').trim();

interface Names {
  company: string;
  community: string;
  event: string;
}

const reviewer = (browser: Browser): Promise<Page> => staffPage(browser, 'omar@commdesk.example', undefined, READER);

/** Where a list leads whoever looks for a name: lists follow a moment later. */
async function link(visitor: Page, list: string, name: string): Promise<string> {
  const found = visitor.locator('main').getByRole('link', { name, exact: true }).first();
  await expect(async () => {
    await visitor.goto(`${list}?q=${encodeURIComponent(name)}`);
    await expect(found).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  return (await found.getAttribute('href'))!;
}

/** A market of one company, one community and one event, with a request between them. */
async function tourOf(browser: Browser, names: Names) {
  const at = mark();
  const acme: Somebody = { name: 'Asha Journey', email: `asha@acme-${at}.example`, company: names.company, domain: `acme-${at}.example` };
  const apex: Somebody = { name: 'Ravi Journey', email: `ravi@apex-${at}.example`, company: names.community, domain: `apex-${at}.example` };
  const { sponsor, community: owner } = await market(browser, acme, apex, READER);
  const event = await published(owner, names.event);
  const id = await offered(owner, event);
  const [managed, opportunity, offer] = [`/manage/events/${event.id}`, `/manage/opportunities/${id}`, `/opportunities/${id}`];
  const request = `/requests/${await asked(sponsor, id, 250_000, 'We bring two mentors and a prize.')}`;
  const [visitor, staff] = [await newcomer(browser, READER), await reviewer(browser)];
  const [profile, page] = [await link(visitor, '/directory', names.company), await link(visitor, '/events', names.event)];
  await visitor.goto(page);
  const home = (await visitor.locator('main a[href^="/communities/"]').first().getAttribute('href'))!;
  const slug = profile.split('/').pop()!;
  const tour: [Page, string[]][] = [
    [visitor, ['/', `/opportunities?q=${encodeURIComponent(names.event)}`, offer, profile, `/claim/${slug}`, page, home, `/directory/compare?o=${slug}`,
      `/communities/compare?o=${home.split('/').pop()}`]],
    [owner, ['/dashboard', '/inbox', request, '/manage/events', managed, `${managed}/edit`, '/manage/opportunities', opportunity, `${opportunity}/decisions`,
      '/community/profile', '/community/embeds', '/people', '/notifications', '/api-keys', '/export', '/workspace/security', profile, `/requests/new?organization=${slug}`]],
    [sponsor, ['/dashboard', '/inbox', request, '/organization/profile', '/organization/domain', '/people', '/notifications', '/workspace/security', offer, profile]],
    [staff, ['/staff/organizations?part=all', '/staff/communities']],
  ];
  return { tour, offer, event: page, home, visitor };
}

/** Words of a name that are drawn where nobody sees them: outside of the window, or behind an edge that says nothing of more. */
async function cutOff(page: Page, words: string[]): Promise<string[]> {
  return page.evaluate((words) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const holder = text.parentElement!;
      if (!words.some((word) => text.data.includes(word)) || holder.closest('script, style, textarea, option, .visually-hidden, pre')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      let [from, to] = [0, window.innerWidth];
      for (let box: Element | null = holder; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box);
        // What scrolls, or ends with three dots, says that there is more.
        if (/auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis') [from, to] = [-Infinity, Infinity];
        else if (/hidden|clip/.test(style.overflowX)) [from, to] = [Math.max(from, box.getBoundingClientRect().left), Math.min(to, box.getBoundingClientRect().right)];
      }
      for (const line of range.getClientRects()) {
        if (line.width > 0 && (line.left < from - 1 || line.right > to + 1)) {
          found.push(`${holder.tagName.toLowerCase()}.${holder.className}: ${text.data.slice(0, 40)}`);
          break;
        }
      }
    }
    return found;
  }, words);
}

/**
 * Names that turn what stands beside them. A name that is all of its element's text keeps to itself, or an element around it on
 * the same line does; where words of ours stand before or behind a name, it has an element of its own, or commas, dates and cities
 * change places.
 */
async function loose(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate((names) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const holder = text.parentElement!;
      const words = text.data.trim();
      const name = names.find((name) => words.startsWith(name));
      if (!name || holder.closest('script, style, textarea, option, .visually-hidden, pre, code')) continue;
      let apart = false;
      for (let box: Element | null = holder; box && !apart; box = box.parentElement) {
        const style = getComputedStyle(box);
        const inline = style.display.startsWith('inline');
        // A `bdi` that is a box of its own (in a row of tabs) is no longer inline, and apart all the same.
        apart = box.localName === 'bdi' || style.unicodeBidi === 'plaintext' || box.getAttribute('dir') === 'auto' || (inline && style.unicodeBidi === 'isolate');
        if (!inline) break;
      }
      // An element that keeps to itself still reads its own words from where a name in it begins.
      const beside = holder.localName !== 'bdi' && [...holder.childNodes].some((it) => it !== text && it instanceof Text && it.data.trim() !== '');
      if ((words === name && (!apart || beside)) || words.startsWith(`${name},`)) found.push(`${holder.tagName.toLowerCase()}.${holder.className}: ${words.slice(0, 80)}`);
    }
    return found;
  }, names.filter((name) => FROM_THE_RIGHT.test(name)));
}

/**
 * Sentences of ours that hold a name which is read from the right without keeping it apart. A name that is all of its text is the
 * business of its element; inside a sentence marks stand around it, which nobody sees.
 */
async function bare(page: Page, names: string[]): Promise<string[]> {
  return page.evaluate((names) => {
    const found: string[] = [];
    // A letter has no part that is the main one.
    const texts = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const words = text.data.trim();
      if (text.parentElement!.closest('script, style, textarea, pre, code, bdi, blockquote')) continue;
      const left = names.reduce((left, name) => left.replaceAll(`\u2068${name}\u2069`, ''), words);
      if (names.some((name) => left !== name && left.includes(name))) found.push(words.slice(0, 80));
    }
    return found;
  }, names.filter((name) => FROM_THE_RIGHT.test(name)));
}

test('long names and names that are read from the right leave a page as wide and as ordered as it was', async ({ browser }) => {
  test.setTimeout(180_000);
  const word = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const names = {
    company: `${word}${mark()}`,
    community: `مجتمع المطورين ${mark()} في الدار البيضاء`,
    event: `ملتقى 2027: Rust & ${word} ${mark()}!`,
  };
  const { tour, offer, event, home, visitor } = await tourOf(browser, names);
  let told = 0;
  // All of what is wrong is said at once; nobody waits for the others.
  const walk = async (page: Page, paths: string[]) => {
    for (const path of paths) {
      await page.goto(path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect.soft(wide, `${path} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
        expect.soft(await cutOff(page, [word]), `names that are cut off on ${path} at ${width}`).toEqual([]);
      }
      expect.soft(await loose(page, Object.values(names)), `names on ${path} that run into what stands beside them`).toEqual([]);
      expect.soft(await bare(page, Object.values(names)), `sentences on ${path} that a name turns around`).toEqual([]);
      const words = await page.getByRole('main').innerText();
      told += words.split(`\u2068${names.event}\u2069`).length - 1;
    }
  };
  await Promise.all(tour.map(([page, paths]) => walk(page, paths)));
  expect(told, 'the event is named in sentences').toBeGreaterThan(0);
  // The first heading begins at the edge of its picture and its facts.
  for (const path of [offer, event, home]) {
    await visitor.goto(path);
    const off = await visitor.getByRole('heading', { level: 1 }).evaluate((heading) => {
      const words = document.createRange();
      words.selectNodeContents(heading);
      return Math.min(...[...words.getClientRects()].map((line) => line.left)) - heading.getBoundingClientRect().left;
    });
    expect.soft(Math.abs(off), `the first heading of ${path} stands away from its edge`).toBeLessThan(4);
  }
});

/**
 * A market in which everybody has a name that is read from the right: an organization that was accepted for an event, its contact,
 * the community, its owner, and a colleague who handles what another company has sent. Something waits in every queue of staff.
 */
async function namedFromTheRight(browser: Browser) {
  const [at, other] = [mark(), mark()];
  const names = {
    community: `مجتمع المطورين ${mark()} في الدار البيضاء`,
    owner: `ليلى ${mark()} حداد`,
    colleague: `יוסף ${mark()} מזרחי`,
    organization: `מגדלור ${mark()} תוכנה`,
    contact: `نورة ${mark()} منصور`,
    event: `ملتقى 2027: Rust & ${mark()}!`,
  };
  const guest: Somebody = { name: names.contact, email: `contact@guest-${at}.example`, company: names.organization, domain: `guest-${at}.example` };
  const colleague: Somebody = { name: names.colleague, email: `colleague@apex-${at}.example`, company: names.community, domain: `apex-${at}.example` };
  const apex: Somebody = { ...colleague, name: names.owner, email: `owner@apex-${at}.example` };
  const acme: Somebody = { name: 'Asha Journey', email: `asha@acme-${other}.example`, company: fresh('Acme'), domain: `acme-${other}.example` };
  const somebody = () => newcomer(browser, READER);
  const [hers, his, visitor, staff] = await Promise.all([somebody(), somebody(), somebody(), reviewer(browser)]);
  const comesIn = async () => {
    const id = await applied(hers, guest);
    await cameIn(hers, guest.email);
    await verified(staff, id);
    return id;
  };
  const [{ sponsor, community: owner }, organization] = await Promise.all([market(browser, acme, apex, READER), comesIn()]);
  await joined(his, owner, colleague, 'Sponsorship Lead');

  // Two offers of an event: one is agreed upon, what came for the other is somebody's to handle.
  const event = await published(owner, names.event);
  const [first, second] = [await offered(owner, event), await offered(owner, event, 'Gold Sponsor')];
  const waits = await asked(sponsor, first, 250_000, 'We bring two mentors and a prize.');
  const agreed = await asked(hers, second, 300_000, 'We bring a desk for questions.');
  const { revisionHash } = await call<{ revisionHash: string }>(owner, 'GET', `/requests/${agreed}`);
  await call(owner, 'PATCH', `/requests/${agreed}/accept`, { revisionHash });
  const members = (await call<{ items: { memberId: string; userId: string; name: string }[] }>(owner, 'GET', '/members')).items;
  const member = members.find((one) => one.name === names.colleague)!;
  await call(owner, 'PATCH', `/requests/${waits}/assign`, { assigneeId: member.userId });
  const [stands] = (await call<{ items: { linkId: string }[] }>(owner, 'GET', `/events/${event.id}/partners`)).items;

  // Watched; another website proposed; a request that staff look at first; a report.
  await call(owner, 'PUT', `/watchlist/organizations/${organization}`);
  const { version } = await call<{ version: number }>(hers, 'GET', `/sponsors/${organization}`);
  await call(hers, 'PATCH', `/sponsors/${organization}`, { version, website: `https://guest-${at}-moves.example` });
  const company = await link(visitor, '/directory', acme.company);
  const { id: receiver } = await call(owner, 'GET', `/sponsors/${company.split('/').pop()}`);
  const links = ['stage', 'hall', 'crew', 'city'].map((word) => `https://${apex.domain}/${word}`).join(' ');
  await call(owner, 'POST', '/requests', {
    organizationId: receiver,
    eventId: event.id,
    category: 'Support Sponsor',
    amount: '10000',
    currency: 'INR',
    message: `All that we do: ${links}`,
  });
  const profile = await link(visitor, '/directory', names.organization);
  const home = await link(visitor, '/communities', names.community);
  const { id: community } = await call(owner, 'GET', `/communities/${home.split('/').pop()}`);
  await call(hers, 'POST', '/reports', { subjectKind: 'community', subjectId: community, reason: 'Spam', words: 'They write every night.' });
  const { id: person } = await call(staff, 'POST', '/admin/users/find', { email: guest.email });

  const slug = profile.split('/').pop()!;
  const managed = `/manage/events/${event.id}`;
  const found = { '/directory': names.organization, '/communities': names.community, '/events': names.event, '/opportunities': names.event };
  const lists = Object.entries(found).map(([list, name]) => `${list}?q=${encodeURIComponent(name)}`);
  const tour: [Page, string[]][] = [
    [visitor, [...lists, profile, `/directory/compare?o=${slug}&o=${company.split('/').pop()}`, home,
      `/communities/compare?o=${home.split('/').pop()}`, `/events/${event.slug}`,
      `/opportunities/${first}`, `/opportunities/${second}`]],
    [owner, ['/dashboard', '/inbox', '/inbox?tab=accepted', '/inbox/rules', `/requests/${waits}`, `/requests/${agreed}`, '/manage/events',
      managed, `${managed}/edit`, `${managed}/partners/${stands!.linkId}`, '/manage/opportunities', '/manage/opportunities/new',
      `/manage/opportunities/${first}`, `/manage/opportunities/${first}/decisions`, '/community/profile', '/community/embeds', '/people',
      `/people/${member.memberId}`, profile, `/directory/${slug}/join`, `/requests/new?organization=${slug}`,
      `/report?kind=organization&id=${organization}`, '/watchlist', '/notifications', '/export', '/workspace/security', '/api-keys']],
    [hers, ['/dashboard', '/inbox', '/inbox?tab=submitted', '/inbox?tab=accepted', `/requests/${agreed}`, '/organization/profile',
      '/organization/domain', '/people', '/notifications', '/inbox/rules', home, `/opportunities/${first}`]],
    [staff, ['/staff/organizations?part=all', `/staff/organizations/${organization}`, `/staff/organizations/${organization}/merge`,
      '/staff/communities', `/staff/communities/${community}`, '/staff/changes', '/staff/requests', '/staff/reports', '/staff/people',
      `/staff/people/${person}`]],
  ];
  return { names, tour, visitor, mailboxes: [apex.email, guest.email, colleague.email] };
}

test('a sentence that names somebody stays in its order, wherever their names are read from the right', async ({ browser }) => {
  test.setTimeout(180_000);
  const { names, tour, visitor, mailboxes } = await namedFromTheRight(browser);
  const all = Object.values(names);
  const named = new Set<string>();
  const reads = async (page: Page, path: string) => {
    expect.soft((await page.goto(path))!.status(), `${path} is there`).toBe(200);
    expect.soft(await loose(page, all), `names on ${path} that run into what stands beside them`).toEqual([]);
    expect.soft(await bare(page, all), `sentences on ${path} that a name turns around`).toEqual([]);
    const words = await page.locator('body').innerText();
    for (const name of all) if (words.includes(`\u2068${name}\u2069`)) named.add(name);
  };
  await Promise.all(
    tour.map(async ([page, paths]) => {
      for (const path of paths) await reads(page, path);
    }),
  );
  // And what was mailed about them: in the mailbox of development, and as it is read.
  for (const to of mailboxes) {
    await reads(visitor, `/dev/mail?to=${encodeURIComponent(to)}`);
    for (const { id } of await mailsTo(visitor.request, to)) {
      await reads(visitor, `/dev/mail/${id}`);
      await reads(visitor, `/dev/mail/${id}/html`);
    }
  }
  expect(all.filter((name) => !named.has(name)), 'names that no sentence had').toEqual([]);
});
