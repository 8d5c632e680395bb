/** An element of a picture or a page, whatever its name: one type for all of them. */

import { h, type ComponentChildren, type VNode } from 'preact';

export function element(
  name: string,
  attributes: Readonly<Record<string, unknown>> | null,
  children?: ComponentChildren,
): VNode {
  return h(name, { ...attributes }, children);
}
