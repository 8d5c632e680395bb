/** A caller handed the field arrays that don't fit together. Never holds an element. */

export class FieldError extends Error {
  readonly code: 'size';

  constructor(code: FieldError['code'], message: string) {
    super(message);
    this.name = 'FieldError';
    this.code = code;
  }
}
