// What a community works with between two events: a price list, an inbox that is full, the order on an event's page, an event
// that comes again. What was pressed is then read by those whom it is for.
import type { Page } from '@playwright/test';
import { call } from '../lib/call';
import { keyboard } from '../lib/hands';
import { awake, fresh, open } from '../lib/steps';
import { demoPerson, expect, sound, status, test } from '../lib/world';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

interface Event {
  id: string;
  slug: string;
  title: string;
}

/** A published event of this walk. */
async function published(page: Page, title: string): Promise<Event> {
  const { id } = await call(page, 'POST', '/events', {
    title,
    descriptionMarkdown: 'A day by the water, and an evening of demos.',
    eventType: 'Conference',
    category: 'Technology',
    format: 'In person',
    region: 'South-East Asia',
    startAt: `${day(80)}T09:00`,
    endAt: `${day(80)}T18:00`,
    timezone: 'Asia/Singapore',
    venueName: 'Pier Nine',
    capacity: { maxAttendees: 200 },
    settings: { publicVisible: true },
  });
  return call<Event>(page, 'POST', `/events/${id}/publish`);
}

function offer(page: Page, event: Event, more: object): Promise<{ id: string }> {
  return call(page, 'POST', '/opportunities', {
    eventId: event.id,
    decisionDeadline: day(40),
    budgetRange: { min: 20_000, max: 200_000, currency: 'INR' },
    ...more,
  });
}

test('a price list is written, and is what a sponsor chooses from', async ({ browser }) => {
  test.setTimeout(120_000);
  const mei = await demoPerson(browser, 'mei@harbour.example');
  const event = await published(mei, fresh('Piecework'));
  const { id } = await offer(mei, event, { category: 'Education Sponsor', places: 2 });
  const piece = (number: number) => mei.getByRole('group', { name: `Piece ${number}`, exact: true });
  const write = async (number: number, kind: string, name: string, price: string, more: Record<string, string> = {}) => {
    await mei.getByRole('button', { name: 'Add a piece' }).click();
    await piece(number).getByLabel(/^Kind/).selectOption(kind);
    await piece(number).getByLabel(/^Name/).fill(name);
    await piece(number).getByLabel(/^Price/).fill(price);
    for (const [label, text] of Object.entries(more)) await piece(number).getByLabel(new RegExp(`^${label}`)).fill(text);
  };
  await open(mei, `/manage/opportunities/${id}`);
  await write(1, 'Package', 'Main stage', '1,00,000', { 'How many': '0' });
  await write(2, 'Package only', 'Dinner with the speakers', '0', { 'Belongs to': 'The other stage' });
  await write(3, 'Add-on', 'Name on the lanyards', '15000', { 'How many': '1', 'Belongs to': 'main stage' });
  await write(4, 'Standalone', 'Breakfast', '30000', { 'Not together': 'Supper' });
  await write(5, 'Standalone', 'Fruit all day', '9000');

  // Each problem stands at its piece, and nothing is kept of the others.
  const save = mei.getByRole('main').getByRole('button', { name: 'Save', exact: true });
  await save.click();
  const alert = mei.getByRole('main').getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(piece(1)).toContainText('1 to 10,000');
  await expect(piece(2)).toContainText('Name the package that it comes with');
  await expect(piece(4)).toContainText('There is no “Supper” in this list.');
  await sound(mei);
  expect((await call<{ items: unknown[] }>(mei, 'GET', `/opportunities/${id}`)).items).toEqual([]);
  await alert.getByRole('link', { name: /Supper/ }).click();
  await expect(piece(4).getByLabel(/^Not together/)).toBeInViewport();

  // One was meant for another list.
  await mei.getByRole('button', { name: 'Remove piece 5' }).click();
  await expect(piece(5)).toHaveCount(0);
  await piece(1).getByLabel(/^How many/).fill('2');
  await piece(2).getByLabel(/^Belongs to/).fill('Main stage');
  await write(6, 'Standalone', 'Supper', '45000', { 'How many': '1' });
  await save.click();
  await expect(alert).toHaveCount(0);
  await expect(piece(6)).toHaveCount(0);
  await expect(piece(5).getByLabel(/^Name/)).toHaveValue('Supper');
  // Who excludes whom stands on both sides.
  await expect(piece(5).getByLabel(/^Not together/)).toHaveValue('Breakfast');
  await awake(mei);
  await mei.setViewportSize(PHONE.viewport);
  await sound(mei);
  await mei.getByRole('button', { name: 'Open to sponsors' }).click();
  await expect(mei.getByText('Sponsors can apply until')).toBeVisible();

  // On the other side, on a phone.
  const tomas = await demoPerson(browser, 'tomas@lumen.example', PHONE);
  await open(tomas, `/opportunities/${id}`);
  const list = tomas.getByRole('table', { name: 'Packages and extras' });
  await expect(list).toContainText('Comes with Main stage');
  await expect(list).not.toContainText('Fruit all day');
  const total = tomas.getByRole('group', { name: /^Choose what you want/ }).getByRole('status');
  await tomas.getByRole('checkbox', { name: /^Breakfast/ }).check();
  await tomas.getByRole('checkbox', { name: /^Supper/ }).check();
  await expect(total).toContainText(/Breakfast.*Supper|Supper.*Breakfast/);
  await tomas.getByRole('button', { name: 'Send application' }).click();
  await expect(tomas.getByRole('main').getByRole('alert')).toBeFocused();
  await sound(tomas);
  await tomas.getByRole('checkbox', { name: /^Supper/ }).uncheck();
  await tomas.getByRole('radio', { name: /^Main stage/ }).check();
  await tomas.getByRole('checkbox', { name: /^Name on the lanyards/ }).check();
  await expect(total).toHaveText('Your choice costs ₹1,45,000.00.');
  await tomas.getByLabel('Message').fill('Breakfast, a talk, and our name around every neck.');
  await tomas.getByRole('button', { name: 'Send application' }).click();
  await expect(tomas).toHaveURL(/\/requests\/[0-9a-f]/);
  await awake(tomas);

  // Agreed, the only lanyards are gone. Taken from the list, they are nobody else's to have; what was agreed stays.
  const request = new URL(tomas.url()).pathname;
  await open(mei, request);
  await mei.getByRole('button', { name: 'Accept offer' }).click();
  await expect(mei.getByText('Accepted', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await open(tomas, `/opportunities/${id}`);
  await expect(list.getByRole('row').filter({ hasText: 'Name on the lanyards' })).toContainText('Sold out');
  await open(mei, `/manage/opportunities/${id}`);
  await mei.getByRole('button', { name: 'Remove piece 3' }).click();
  await save.click();
  await expect(piece(3).getByLabel(/^Name/)).toHaveValue('Breakfast');
  await open(tomas, `/opportunities/${id}`);
  await expect(list).toContainText('Breakfast');
  await expect(list).not.toContainText('Name on the lanyards');
  await open(tomas, request);
  await expect(tomas.getByRole('main')).toContainText('Name on the lanyards');
  for (const one of [mei, tomas]) await one.context().close();
});

// Not while one of them blocks the other (every-way).
test('what has come in is put aside, brought back and declined together, by keyboard alone', { lock: 'Harbour Devs and Fjord Media' }, async ({ browser }) => {
  test.setTimeout(120_000);
  const mei = await demoPerson(browser, 'mei@harbour.example');
  const event = await published(mei, fresh('Crowd'));
  const { id } = await offer(mei, event, { category: 'Community Sponsor', places: 1, status: 'Open' });
  const senders = [await demoPerson(browser, 'tomas@lumen.example'), await demoPerson(browser, 'ingrid@fjord.example', PHONE)];
  const sent: string[] = [];
  for (const [at, sender] of senders.entries()) {
    const data = { amount: 50_000 + at, message: `${fresh('What we bring')}: ${at ? 'a film' : 'two mentors'} for everybody.` };
    sent.push((await call(sender, 'POST', `/opportunities/${id}/apply`, data)).id);
  }

  await open(mei, `/inbox?q=${encodeURIComponent(event.title)}`);
  const rows = mei.locator('.inbox__link');
  await expect(rows).toHaveCount(2);
  const both = async () => {
    for (const _ of senders) {
      await mei.keyboard.press('j');
      await mei.keyboard.press('x');
    }
    await expect(mei.locator('.inbox__pick:checked')).toHaveCount(2);
  };
  const tidy = mei.getByRole('main');

  // Nothing ticked: it says so, and where.
  await keyboard.press(tidy.locator('summary', { hasText: 'With the ticked ones' }));
  await keyboard.press(tidy.getByRole('button', { name: 'Put aside', exact: true }));
  await expect(tidy.getByRole('alert')).toBeFocused();
  await sound(mei);

  await open(mei, mei.url());
  await both();
  await mei.keyboard.press('s');
  await expect(mei.getByLabel(/^Until the morning of/)).toBeFocused();
  await keyboard.fill(mei.getByLabel(/^Until the morning of/), day(3));
  await keyboard.press(tidy.getByRole('button', { name: 'Put aside', exact: true }));
  await expect(tidy.getByText('2 requests put aside for your team.')).toBeVisible();
  await expect(rows).toHaveCount(0);
  await sound(mei);
  await keyboard.press(tidy.getByRole('link', { name: /^Put aside \(/ }));
  await expect(rows).toHaveCount(2);
  await expect(tidy.getByText(/^Back on/)).toHaveCount(2);
  // It is nobody else's business.
  await open(senders[0]!, `/requests/${sent[0]}`);
  await expect(senders[0]!.getByText('Their turn', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await expect(senders[0]!.getByRole('main')).not.toContainText('Back on');
  await sound(mei);
  await both();
  await keyboard.press(tidy.locator('summary', { hasText: 'With the ticked ones' }));
  await keyboard.press(tidy.getByRole('button', { name: 'Bring back' }));
  await expect(tidy.getByText('2 requests brought back.')).toBeVisible();

  // Without a reason nobody is declined.
  await open(mei, `/inbox?q=${encodeURIComponent(event.title)}`);
  await both();
  await mei.keyboard.press('d');
  await expect(mei.getByLabel('Why')).toBeFocused();
  await keyboard.press(tidy.getByRole('button', { name: 'Decline them' }));
  await expect(tidy.getByRole('alert')).toBeFocused();
  await sound(mei);
  await keyboard.choose(mei.getByLabel('Why'), 'Budget');
  await keyboard.fill(mei.getByLabel(/^Note/), 'We have what this year needs. Thank you!');
  await keyboard.press(tidy.getByRole('button', { name: 'Decline them' }));
  await expect(tidy.getByText('You declined 2 requests.')).toBeVisible();
  await expect(rows).toHaveCount(0);

  for (const [at, sender] of senders.entries()) {
    await open(sender, `/requests/${sent[at]}`);
    await expect(sender.getByText('We have what this year needs. Thank you!').filter({ visible: true }).first()).toBeVisible();
    await expect(sender.getByRole('main')).toContainText('Budget');
  }
  await sound(senders[1]!);
  for (const one of [mei, ...senders]) await one.context().close();
});

test('who stands on an event page, and the event itself, from a phone', async ({ browser, page }) => {
  test.setTimeout(120_000);
  const mei = await demoPerson(browser, 'mei@harbour.example', PHONE);
  const event = await published(mei, fresh('Lineup'));
  const here = `/manage/events/${event.id}`;
  const [first, second] = [fresh('Alder Books'), fresh('Birch Coffee')];
  const main = mei.getByRole('main');

  // The first of them, by hand.
  await open(mei, here);
  await expect(main.getByRole('heading', { name: "Nobody stands on this event's page yet" })).toBeVisible();
  await sound(mei);
  await main.getByRole('link', { name: 'Add the first' }).click();
  await awake(mei);
  await main.getByRole('button', { name: 'Add to the page' }).click();
  await expect(main.getByRole('alert')).toBeFocused();
  await sound(mei);
  await mei.getByLabel(/^Name/).fill(first);
  await mei.getByLabel('Category').selectOption('Community Partner');
  await main.getByRole('button', { name: 'Add to the page' }).click();
  await expect(mei).toHaveURL(new RegExp(here));
  await expect(main.getByRole('heading', { name: first })).toBeVisible();
  await call(mei, 'POST', `/events/${event.id}/partners`, { name: second, category: 'Community Partner' });

  // In which order: as everybody reads it.
  const names = async () => {
    await open(page, `/events/${event.slug}`);
    return page.locator('.sponsor-tile__name').allInnerTexts();
  };
  await open(mei, here);
  expect(await names()).toEqual([first, second]);
  await main.getByRole('button', { name: `Move ${second} up within its tier` }).click();
  await expect(main.locator('.partner-card__name').first()).toHaveText(second);
  await expect(main.getByRole('button', { name: `Move ${second} up within its tier` })).toBeDisabled();
  await sound(mei);
  expect(await names()).toEqual([second, first]);

  // How one of them stands there.
  await main.getByRole('link', { name: `Edit ${first}` }).click();
  await expect(mei.getByRole('heading', { level: 1 })).toHaveText(first);
  await awake(mei);
  await mei.getByLabel(/^Website/).fill('no website');
  await main.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(main.getByRole('alert')).toBeFocused();
  await sound(mei);
  await mei.getByLabel(/^Website/).fill('https://alder.example/books');
  await mei.getByLabel('Category').selectOption('Knowledge Partner');
  await main.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(mei).toHaveURL(new RegExp(`${here}(\\?|#|$)`));
  await expect(main.locator('.partner-card').filter({ hasText: first })).toContainText('alder.example');
  await open(page, `/events/${event.slug}`);
  await expect(page.getByRole('heading', { name: 'Knowledge Partner' })).toBeVisible();
  await expect(page.getByRole('link', { name: new RegExp(first) })).toHaveAttribute('href', 'https://alder.example/books');

  // Out of sight, and taken off.
  await awake(mei);
  await main.getByRole('switch', { name: new RegExp(second) }).click();
  await expect(main.getByRole('switch', { name: new RegExp(second) })).not.toBeChecked();
  await expect(main.getByText('One of them is hidden from the public page.')).toBeVisible();
  await awake(mei);
  expect(await names()).toEqual([first]);
  await main.getByRole('button', { name: 'Hide sponsors and partners' }).click();
  await expect(main.locator('.partner-card')).toHaveCount(0);
  await open(mei, here);
  await expect(main.locator('.partner-card'), 'it stays folded away').toHaveCount(0);
  await main.getByRole('button', { name: 'View sponsors and partners' }).click();
  await expect(main.locator('.partner-card')).toHaveCount(2);
  await awake(mei);

  // What somebody stands on cannot be deleted.
  await main.locator('summary', { hasText: 'Delete…' }).click();
  await main.getByRole('button', { name: 'Delete this event' }).click();
  await expect(main.getByRole('alert')).toBeFocused();
  await sound(mei);
  for (const name of [first, second]) {
    await main.getByRole('link', { name: `Edit ${name}` }).click();
    await expect(mei.getByRole('heading', { level: 1 })).toHaveText(name);
    await awake(mei);
    await main.locator('summary', { hasText: 'Take off the page…' }).click();
    if (name === first) await sound(mei);
    await main.getByRole('button', { name: 'Take off the page', exact: true }).click();
    await expect(mei).toHaveURL(new RegExp(`${here}(\\?|#|$)`));
    await expect(main.locator('.partner-card').filter({ hasText: name })).toHaveCount(0);
    await awake(mei);
  }
  expect(await names()).toEqual([]);

  // Again next year: the same words, without dates, and nobody sees it yet.
  await main.getByRole('button', { name: 'Duplicate' }).click();
  await expect(mei).not.toHaveURL(new RegExp(here));
  await expect(mei.getByRole('heading', { level: 1 })).toHaveText(`Edit ${event.title}`);
  await expect(mei.getByLabel('Description')).toHaveValue('A day by the water, and an evening of demos.');
  const starts = mei.getByLabel('Starts');
  await expect(starts).toHaveValue('');
  // A moment says on whose clocks it is, and what that is on the reader's own.
  await awake(mei);
  await mei.getByLabel('Time zone').selectOption('Asia/Singapore');
  await starts.fill('2027-03-01T09:00');
  await expect(starts).toHaveAccessibleDescription('In Singapore; 06:30 for you.');
  await starts.fill('2027-03-01T01:00');
  await expect(starts).toHaveAccessibleDescription('In Singapore; Sun 28 Feb, 22:30 for you.');
  await mei.getByLabel('Time zone').selectOption('Asia/Kolkata');
  await expect(starts).toHaveAccessibleDescription('In Kolkata, as on your clock.');
  await starts.fill('');
  await sound(mei);
  await open(mei, here);
  await main.locator('summary', { hasText: 'Delete…' }).click();
  await main.getByRole('button', { name: 'Delete this event' }).click();
  await expect(mei).toHaveURL(/tab=deleted/);
  const restore = main.getByRole('button', { name: `Restore ${event.title}`, exact: true });
  await expect(restore).toBeVisible();
  await sound(mei);
  expect(await status(page, `/events/${event.slug}`), 'deleted').toBe(404);
  await restore.click();
  await expect(restore).toHaveCount(0);
  expect(await status(page, `/events/${event.slug}`), 'restored').toBe(200);
  await mei.context().close();
});
