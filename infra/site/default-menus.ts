/** The web menu that clients show when a site has set none. */
import type { MenuItem } from '../../core/protocol/gateway-settings.ts';

const separator: MenuItem = { text: '-' };

/** The usual pages of a site of this family, under its address (`https://www.example.com`). */
export function defaultMenus(base: string): MenuItem[] {
  const site = base.replace(/\/+$/, '');
  return [
    { text: 'Recent Entries', url: `${site}/users/USERNAME/` },
    { text: 'Reading Page', url: `${site}/users/USERNAME/friends` },
    { text: 'Calendar', url: `${site}/users/USERNAME/calendar` },
    { text: 'Profile', url: `${site}/users/USERNAME/profile` },
    separator,
    { text: 'Update Journal', url: `${site}/update.bml` },
    {
      text: 'Manage',
      sub: [
        { text: 'Account Settings', url: `${site}/manage/settings/` },
        { text: 'Edit Profile', url: `${site}/manage/profile/` },
        { text: 'Edit Entries', url: `${site}/editjournal.bml` },
        separator,
        { text: 'User Pictures', url: `${site}/editpics.bml` },
        { text: 'Friend Groups', url: `${site}/friends/editgroups.bml` },
      ],
    },
    separator,
    { text: 'Support', url: `${site}/support/` },
  ];
}
