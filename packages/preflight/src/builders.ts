// Who builds images, where nobody says so: what is tagged, else what is named so.

/** Tag of an instance or a launch template: it builds images. */
export const builderTag = 'directrix:builder';

export const builderName = /builder|packer/i;
