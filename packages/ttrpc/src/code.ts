/**
 * The status codes of gRPC, which ttrpc shares.
 * @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
 */
export const Code = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

/** A value of the table `Code`. */
export type Code = (typeof Code)[keyof typeof Code];

/** Converts a number from the wire. A number that gRPC does not define becomes `Unknown`, as in every gRPC library. */
export function toCode(value: number): Code {
  return Number.isInteger(value) && value >= Code.OK && value <= Code.Unauthenticated ? (value as Code) : Code.Unknown;
}
