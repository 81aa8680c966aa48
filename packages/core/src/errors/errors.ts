import { Code, StatusError } from "@dunnage/ttrpc";

/** NotFound (5). containerd treats it as "already gone" in Kill and Delete. */
export const notFound = (message: string): StatusError => new StatusError(Code.NotFound, message);

/** AlreadyExists (6). */
export const alreadyExists = (message: string): StatusError => new StatusError(Code.AlreadyExists, message);

/** InvalidArgument (3): the request itself is wrong, whatever the state of the container. */
export const invalidArgument = (message: string): StatusError => new StatusError(Code.InvalidArgument, message);

/** FailedPrecondition (9): the request is fine, the state of the container is not. */
export const failedPrecondition = (message: string): StatusError => new StatusError(Code.FailedPrecondition, message);

/** Unimplemented (12): the call is unknown, or the runtime lacks the ability. */
export const unimplemented = (message: string): StatusError => new StatusError(Code.Unimplemented, message);

/** Unknown (2): what containerd-shim-runc-v2 answers for most failures of the OCI command. */
export const unknown = (message: string, options?: ErrorOptions): StatusError =>
  new StatusError(Code.Unknown, message, options);

/** ResourceExhausted (8): a limit of Dunnage's own is reached. */
export const resourceExhausted = (message: string): StatusError => new StatusError(Code.ResourceExhausted, message);

/** Unavailable (14): the call was interrupted, and how far it got is not known. */
export const unavailable = (message: string): StatusError => new StatusError(Code.Unavailable, message);

/** PermissionDenied (7): a hook refused the call. */
export const permissionDenied = (message: string): StatusError => new StatusError(Code.PermissionDenied, message);
