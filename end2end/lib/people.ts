// The people of the demo story, as the journeys know them.
import type { Page } from '@playwright/test';
import { expect } from './test';

export interface Person {
  name: string;
  email: string;
  password: string;
  /** Where they act, as the product calls it. */
  workspace: string;
}

/** Signs in on the product's own page and waits until it let the person in. */
export async function signIn(page: Page, person: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}
