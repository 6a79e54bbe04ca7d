// What is there before a walk begins: people with passwords, two sides that may act, an event and an offer. Asked of the API by
// those whose steps they are. Each of these steps is taken by hand somewhere: most in main-line and keyboard, an addition to the
// directory in claiming, a seat in a workspace in the day of a sponsor manager.
import type { Page } from '@playwright/test';
import { call } from './call';
import { linkIn, mailTo } from './mailbox';
import { day, LOGO, PASSWORD, slug, type Somebody } from './steps';
import { expect } from './test';

export interface Event {
  id: string;
  slug: string;
  title: string;
}

/** An organization applies, and waits for staff. */
export async function applied(page: Page, who: Somebody): Promise<string> {
  const { organizationId } = await call<{ organizationId: string }>(page, 'POST', '/sponsors/apply', {
    entityType: 'Sponsor',
    companyName: who.company,
    website: `https://www.${who.domain}/`,
    officialEmail: who.email,
    contactName: who.name,
    industry: 'Cloud and infrastructure',
    budgetRange: 'INR:200000-500000',
    sponsorshipTypes: ['Cash'],
    logo: LOGO.buffer.toString('base64'),
  });
  return organizationId;
}

/** A community registers, and waits for its owner's address to be confirmed. */
export async function registered(page: Page, who: Somebody): Promise<string> {
  const { communityId } = await call<{ communityId: string }>(page, 'POST', '/auth/signup-community', {
    name: who.company,
    bio: 'We build together on weekends, and everybody shows what they made.',
    communityType: 'Hackathon organizer',
    city: 'Pune',
    country: 'India',
    website: `https://${who.domain}`,
    officialEmail: `hello@${who.domain}`,
    phone: '+91 98765 43210',
    owner: { fullName: who.name, email: who.email },
  });
  return communityId;
}

/** A first password behind the mailed link (an owner's also confirms the address), and signed in with it. */
export async function cameIn(page: Page, email: string, by: 'activate-member' | 'verify-email' = 'activate-member'): Promise<void> {
  const token = tokenOf(linkIn(await mailTo(page.request, email, /./), /^\/link\//));
  await call(page, 'POST', `/auth/${by}`, { token, password: PASSWORD });
  await signedIn(page, email);
}

/** Signed in, by the password of the journeys: what may be acted for, as `community:apex-circle`. */
async function signedIn(page: Page, email: string): Promise<string[]> {
  return (await call<{ workspaces: string[] }>(page, 'POST', '/auth/login', { email, password: PASSWORD })).workspaces;
}

export async function verified(staff: Page, organization: string): Promise<void> {
  await call(staff, 'POST', `/sponsors/${organization}/verify`, { decision: 'verify', reason: 'Mailbox and website belong together.' });
}

/** Approved by staff, and active. That the owner's address was confirmed is seen by a job. */
export async function approved(staff: Page, owner: Page, who: Somebody, community: string): Promise<void> {
  await expect(async () => {
    await call(staff, 'PATCH', `/admin/communities/${community}/status`, { status: 'approved' });
  }).toPass({ timeout: 15_000, intervals: [50] });
  await active(owner, who.email);
}

/** A sign-in of the owner after the approval is what makes the community active; a job sees it. */
export async function active(owner: Page, email: string): Promise<void> {
  const community = (await signedIn(owner, email)).find((one) => one.startsWith('community:'))!.replace('community:', '');
  const status = async () => (await call<{ status: string }>(owner, 'GET', `/communities/${community}`)).status;
  await expect.poll(status, { message: 'the community is active', timeout: 15_000, intervals: [50] }).toBe('active');
}

/** A published event, two months ahead. */
export async function published(owner: Page, title: string): Promise<Event> {
  const { id } = await call(owner, 'POST', '/events', {
    title,
    descriptionMarkdown: 'Thirty-six hours, one idea, no slides.',
    eventType: 'Hackathon',
    category: 'Technology',
    format: 'In person',
    region: 'South Asia',
    startAt: `${day(60)}T09:00`,
    endAt: `${day(61)}T21:00`,
    timezone: 'Asia/Kolkata',
    venueName: 'Agora Hall',
    capacity: { maxAttendees: 500 },
    settings: { publicVisible: true },
  });
  return call<Event>(owner, 'POST', `/events/${id}/publish`);
}

/** "Platinum Sponsor, ₹2L–5L" for the event, open to sponsors. */
export async function offered(owner: Page, event: Event, category = 'Platinum Sponsor'): Promise<string> {
  const { id } = await call(owner, 'POST', '/opportunities', {
    eventId: event.id,
    category,
    budgetRange: { min: 200_000, max: 500_000, currency: 'INR' },
    decisionDeadline: day(40),
    status: 'Open',
  });
  return id;
}

/** What was offered for the event is found by its words: lists of the marketplace follow a moment later. */
export async function isFound(page: Page, event: string): Promise<void> {
  const found = async () => (await call<{ items: unknown[] }>(page, 'GET', `/opportunities?search=${encodeURIComponent(event)}`)).items.length;
  await expect.poll(found, { message: `offers for ${event}`, timeout: 15_000, intervals: [100] }).toBeGreaterThan(0);
}

/** The directory has a profile by this name. */
export async function isListed(page: Page, company: string): Promise<void> {
  const address = `/directory?q=${encodeURIComponent(company)}`;
  const list = async () => (await page.request.get(address, { headers: { accept: 'text/html' } })).text();
  await expect.poll(list, { message: `${company} in the directory`, timeout: 15_000, intervals: [100] }).toContain(`/directory/${slug(company)}`);
}

/** An offer of the sponsor for it: the request's id. */
export async function asked(sponsor: Page, opportunity: string, amount: number, message: string): Promise<string> {
  return (await call(sponsor, 'POST', `/opportunities/${opportunity}/apply`, { amount, message })).id;
}

/** A community adds an organization of which nobody is here. */
export async function added(community: Page, who: Somebody): Promise<void> {
  await call(community, 'POST', '/sponsors', {
    displayName: who.company,
    website: `https://${who.domain}`,
    entityType: 'Sponsor',
    industry: 'Security',
    contactEmail: who.email,
    confirm: true,
  });
}

/** Invited into the workspace of `by`, accepted with a password, and signed in. */
export async function joined(page: Page, by: Page, who: Somebody, role: string): Promise<void> {
  await call(by, 'POST', '/invitations', { email: who.email, role });
  const token = tokenOf(linkIn(await mailTo(page.request, who.email, /./), /^\/invitations\//));
  const yes = await call<{ activationToken: string }>(page, 'POST', '/invitations/accept', { token, name: who.name });
  await call(page, 'POST', '/auth/activate-member', { token: yes.activationToken, password: PASSWORD });
  await signedIn(page, who.email);
}

function tokenOf(link: string): string {
  return link.split('/').pop()!;
}
