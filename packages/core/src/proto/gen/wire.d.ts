import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace wire. */
export namespace wire {

    /**
     * Properties of a CreateTaskRequest.
     * @deprecated Use wire.CreateTaskRequest.$Properties instead.
     */
    interface ICreateTaskRequest extends wire.CreateTaskRequest.$Properties {
    }

    /** Represents a CreateTaskRequest. */
    class CreateTaskRequest {

        /**
         * Constructs a new CreateTaskRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.CreateTaskRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateTaskRequest id. */
        id: string;

        /** CreateTaskRequest bundle. */
        bundle: string;

        /** CreateTaskRequest rootfs. */
        rootfs: wire.Mount.$Properties[];

        /** CreateTaskRequest terminal. */
        terminal: boolean;

        /** CreateTaskRequest stdin. */
        stdin: string;

        /** CreateTaskRequest stdout. */
        stdout: string;

        /** CreateTaskRequest stderr. */
        stderr: string;

        /** CreateTaskRequest checkpoint. */
        checkpoint: string;

        /** CreateTaskRequest parent_checkpoint. */
        parent_checkpoint: string;

        /** CreateTaskRequest options. */
        options?: (wire.Any.$Properties|null);

        /**
         * Creates a new CreateTaskRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateTaskRequest instance
         */
        static create(properties: wire.CreateTaskRequest.$Shape): wire.CreateTaskRequest & wire.CreateTaskRequest.$Shape;
        static create(properties?: wire.CreateTaskRequest.$Properties): wire.CreateTaskRequest;

        /**
         * Encodes the specified CreateTaskRequest message. Does not implicitly {@link wire.CreateTaskRequest.verify|verify} messages.
         * @param message CreateTaskRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.CreateTaskRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateTaskRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.CreateTaskRequest & wire.CreateTaskRequest.$Shape} CreateTaskRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.CreateTaskRequest & wire.CreateTaskRequest.$Shape;
    }

    namespace CreateTaskRequest {

        /** Properties of a CreateTaskRequest. */
        interface $Properties {

            /** CreateTaskRequest id */
            id?: (string|null);

            /** CreateTaskRequest bundle */
            bundle?: (string|null);

            /** CreateTaskRequest rootfs */
            rootfs?: (wire.Mount.$Properties[]|null);

            /** CreateTaskRequest terminal */
            terminal?: (boolean|null);

            /** CreateTaskRequest stdin */
            stdin?: (string|null);

            /** CreateTaskRequest stdout */
            stdout?: (string|null);

            /** CreateTaskRequest stderr */
            stderr?: (string|null);

            /** CreateTaskRequest checkpoint */
            checkpoint?: (string|null);

            /** CreateTaskRequest parent_checkpoint */
            parent_checkpoint?: (string|null);

            /** CreateTaskRequest options */
            options?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateTaskRequest. */
        type $Shape = wire.CreateTaskRequest.$Properties;
    }

    /**
     * Properties of a CreateTaskResponse.
     * @deprecated Use wire.CreateTaskResponse.$Properties instead.
     */
    interface ICreateTaskResponse extends wire.CreateTaskResponse.$Properties {
    }

    /** Represents a CreateTaskResponse. */
    class CreateTaskResponse {

        /**
         * Constructs a new CreateTaskResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.CreateTaskResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CreateTaskResponse pid. */
        pid: number;

        /**
         * Creates a new CreateTaskResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CreateTaskResponse instance
         */
        static create(properties: wire.CreateTaskResponse.$Shape): wire.CreateTaskResponse & wire.CreateTaskResponse.$Shape;
        static create(properties?: wire.CreateTaskResponse.$Properties): wire.CreateTaskResponse;

        /**
         * Encodes the specified CreateTaskResponse message. Does not implicitly {@link wire.CreateTaskResponse.verify|verify} messages.
         * @param message CreateTaskResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.CreateTaskResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CreateTaskResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.CreateTaskResponse & wire.CreateTaskResponse.$Shape} CreateTaskResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.CreateTaskResponse & wire.CreateTaskResponse.$Shape;
    }

    namespace CreateTaskResponse {

        /** Properties of a CreateTaskResponse. */
        interface $Properties {

            /** CreateTaskResponse pid */
            pid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CreateTaskResponse. */
        type $Shape = wire.CreateTaskResponse.$Properties;
    }

    /**
     * Properties of a StartRequest.
     * @deprecated Use wire.StartRequest.$Properties instead.
     */
    interface IStartRequest extends wire.StartRequest.$Properties {
    }

    /** Represents a StartRequest. */
    class StartRequest {

        /**
         * Constructs a new StartRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StartRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StartRequest id. */
        id: string;

        /** StartRequest exec_id. */
        exec_id: string;

        /**
         * Creates a new StartRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StartRequest instance
         */
        static create(properties: wire.StartRequest.$Shape): wire.StartRequest & wire.StartRequest.$Shape;
        static create(properties?: wire.StartRequest.$Properties): wire.StartRequest;

        /**
         * Encodes the specified StartRequest message. Does not implicitly {@link wire.StartRequest.verify|verify} messages.
         * @param message StartRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StartRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StartRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StartRequest & wire.StartRequest.$Shape} StartRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StartRequest & wire.StartRequest.$Shape;
    }

    namespace StartRequest {

        /** Properties of a StartRequest. */
        interface $Properties {

            /** StartRequest id */
            id?: (string|null);

            /** StartRequest exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StartRequest. */
        type $Shape = wire.StartRequest.$Properties;
    }

    /**
     * Properties of a StartResponse.
     * @deprecated Use wire.StartResponse.$Properties instead.
     */
    interface IStartResponse extends wire.StartResponse.$Properties {
    }

    /** Represents a StartResponse. */
    class StartResponse {

        /**
         * Constructs a new StartResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StartResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StartResponse pid. */
        pid: number;

        /**
         * Creates a new StartResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StartResponse instance
         */
        static create(properties: wire.StartResponse.$Shape): wire.StartResponse & wire.StartResponse.$Shape;
        static create(properties?: wire.StartResponse.$Properties): wire.StartResponse;

        /**
         * Encodes the specified StartResponse message. Does not implicitly {@link wire.StartResponse.verify|verify} messages.
         * @param message StartResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StartResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StartResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StartResponse & wire.StartResponse.$Shape} StartResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StartResponse & wire.StartResponse.$Shape;
    }

    namespace StartResponse {

        /** Properties of a StartResponse. */
        interface $Properties {

            /** StartResponse pid */
            pid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StartResponse. */
        type $Shape = wire.StartResponse.$Properties;
    }

    /**
     * Properties of a DeleteRequest.
     * @deprecated Use wire.DeleteRequest.$Properties instead.
     */
    interface IDeleteRequest extends wire.DeleteRequest.$Properties {
    }

    /** Represents a DeleteRequest. */
    class DeleteRequest {

        /**
         * Constructs a new DeleteRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.DeleteRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeleteRequest id. */
        id: string;

        /** DeleteRequest exec_id. */
        exec_id: string;

        /**
         * Creates a new DeleteRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DeleteRequest instance
         */
        static create(properties: wire.DeleteRequest.$Shape): wire.DeleteRequest & wire.DeleteRequest.$Shape;
        static create(properties?: wire.DeleteRequest.$Properties): wire.DeleteRequest;

        /**
         * Encodes the specified DeleteRequest message. Does not implicitly {@link wire.DeleteRequest.verify|verify} messages.
         * @param message DeleteRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.DeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeleteRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.DeleteRequest & wire.DeleteRequest.$Shape} DeleteRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.DeleteRequest & wire.DeleteRequest.$Shape;
    }

    namespace DeleteRequest {

        /** Properties of a DeleteRequest. */
        interface $Properties {

            /** DeleteRequest id */
            id?: (string|null);

            /** DeleteRequest exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeleteRequest. */
        type $Shape = wire.DeleteRequest.$Properties;
    }

    /**
     * Properties of a DeleteResponse.
     * @deprecated Use wire.DeleteResponse.$Properties instead.
     */
    interface IDeleteResponse extends wire.DeleteResponse.$Properties {
    }

    /** Represents a DeleteResponse. */
    class DeleteResponse {

        /**
         * Constructs a new DeleteResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.DeleteResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** DeleteResponse pid. */
        pid: number;

        /** DeleteResponse exit_status. */
        exit_status: number;

        /** DeleteResponse exited_at. */
        exited_at?: (wire.Timestamp.$Properties|null);

        /**
         * Creates a new DeleteResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns DeleteResponse instance
         */
        static create(properties: wire.DeleteResponse.$Shape): wire.DeleteResponse & wire.DeleteResponse.$Shape;
        static create(properties?: wire.DeleteResponse.$Properties): wire.DeleteResponse;

        /**
         * Encodes the specified DeleteResponse message. Does not implicitly {@link wire.DeleteResponse.verify|verify} messages.
         * @param message DeleteResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.DeleteResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a DeleteResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.DeleteResponse & wire.DeleteResponse.$Shape} DeleteResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.DeleteResponse & wire.DeleteResponse.$Shape;
    }

    namespace DeleteResponse {

        /** Properties of a DeleteResponse. */
        interface $Properties {

            /** DeleteResponse pid */
            pid?: (number|null);

            /** DeleteResponse exit_status */
            exit_status?: (number|null);

            /** DeleteResponse exited_at */
            exited_at?: (wire.Timestamp.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a DeleteResponse. */
        type $Shape = wire.DeleteResponse.$Properties;
    }

    /**
     * Properties of an ExecProcessRequest.
     * @deprecated Use wire.ExecProcessRequest.$Properties instead.
     */
    interface IExecProcessRequest extends wire.ExecProcessRequest.$Properties {
    }

    /** Represents an ExecProcessRequest. */
    class ExecProcessRequest {

        /**
         * Constructs a new ExecProcessRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ExecProcessRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ExecProcessRequest id. */
        id: string;

        /** ExecProcessRequest exec_id. */
        exec_id: string;

        /** ExecProcessRequest terminal. */
        terminal: boolean;

        /** ExecProcessRequest stdin. */
        stdin: string;

        /** ExecProcessRequest stdout. */
        stdout: string;

        /** ExecProcessRequest stderr. */
        stderr: string;

        /** ExecProcessRequest spec. */
        spec?: (wire.Any.$Properties|null);

        /**
         * Creates a new ExecProcessRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ExecProcessRequest instance
         */
        static create(properties: wire.ExecProcessRequest.$Shape): wire.ExecProcessRequest & wire.ExecProcessRequest.$Shape;
        static create(properties?: wire.ExecProcessRequest.$Properties): wire.ExecProcessRequest;

        /**
         * Encodes the specified ExecProcessRequest message. Does not implicitly {@link wire.ExecProcessRequest.verify|verify} messages.
         * @param message ExecProcessRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ExecProcessRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an ExecProcessRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ExecProcessRequest & wire.ExecProcessRequest.$Shape} ExecProcessRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ExecProcessRequest & wire.ExecProcessRequest.$Shape;
    }

    namespace ExecProcessRequest {

        /** Properties of an ExecProcessRequest. */
        interface $Properties {

            /** ExecProcessRequest id */
            id?: (string|null);

            /** ExecProcessRequest exec_id */
            exec_id?: (string|null);

            /** ExecProcessRequest terminal */
            terminal?: (boolean|null);

            /** ExecProcessRequest stdin */
            stdin?: (string|null);

            /** ExecProcessRequest stdout */
            stdout?: (string|null);

            /** ExecProcessRequest stderr */
            stderr?: (string|null);

            /** ExecProcessRequest spec */
            spec?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an ExecProcessRequest. */
        type $Shape = wire.ExecProcessRequest.$Properties;
    }

    /**
     * Properties of a ResizePtyRequest.
     * @deprecated Use wire.ResizePtyRequest.$Properties instead.
     */
    interface IResizePtyRequest extends wire.ResizePtyRequest.$Properties {
    }

    /** Represents a ResizePtyRequest. */
    class ResizePtyRequest {

        /**
         * Constructs a new ResizePtyRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ResizePtyRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResizePtyRequest id. */
        id: string;

        /** ResizePtyRequest exec_id. */
        exec_id: string;

        /** ResizePtyRequest width. */
        width: number;

        /** ResizePtyRequest height. */
        height: number;

        /**
         * Creates a new ResizePtyRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResizePtyRequest instance
         */
        static create(properties: wire.ResizePtyRequest.$Shape): wire.ResizePtyRequest & wire.ResizePtyRequest.$Shape;
        static create(properties?: wire.ResizePtyRequest.$Properties): wire.ResizePtyRequest;

        /**
         * Encodes the specified ResizePtyRequest message. Does not implicitly {@link wire.ResizePtyRequest.verify|verify} messages.
         * @param message ResizePtyRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ResizePtyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResizePtyRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ResizePtyRequest & wire.ResizePtyRequest.$Shape} ResizePtyRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ResizePtyRequest & wire.ResizePtyRequest.$Shape;
    }

    namespace ResizePtyRequest {

        /** Properties of a ResizePtyRequest. */
        interface $Properties {

            /** ResizePtyRequest id */
            id?: (string|null);

            /** ResizePtyRequest exec_id */
            exec_id?: (string|null);

            /** ResizePtyRequest width */
            width?: (number|null);

            /** ResizePtyRequest height */
            height?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResizePtyRequest. */
        type $Shape = wire.ResizePtyRequest.$Properties;
    }

    /**
     * Properties of a StateRequest.
     * @deprecated Use wire.StateRequest.$Properties instead.
     */
    interface IStateRequest extends wire.StateRequest.$Properties {
    }

    /** Represents a StateRequest. */
    class StateRequest {

        /**
         * Constructs a new StateRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StateRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StateRequest id. */
        id: string;

        /** StateRequest exec_id. */
        exec_id: string;

        /**
         * Creates a new StateRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StateRequest instance
         */
        static create(properties: wire.StateRequest.$Shape): wire.StateRequest & wire.StateRequest.$Shape;
        static create(properties?: wire.StateRequest.$Properties): wire.StateRequest;

        /**
         * Encodes the specified StateRequest message. Does not implicitly {@link wire.StateRequest.verify|verify} messages.
         * @param message StateRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StateRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StateRequest & wire.StateRequest.$Shape} StateRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StateRequest & wire.StateRequest.$Shape;
    }

    namespace StateRequest {

        /** Properties of a StateRequest. */
        interface $Properties {

            /** StateRequest id */
            id?: (string|null);

            /** StateRequest exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StateRequest. */
        type $Shape = wire.StateRequest.$Properties;
    }

    /**
     * Properties of a StateResponse.
     * @deprecated Use wire.StateResponse.$Properties instead.
     */
    interface IStateResponse extends wire.StateResponse.$Properties {
    }

    /** Represents a StateResponse. */
    class StateResponse {

        /**
         * Constructs a new StateResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StateResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StateResponse id. */
        id: string;

        /** StateResponse bundle. */
        bundle: string;

        /** StateResponse pid. */
        pid: number;

        /** StateResponse status. */
        status: wire.Status;

        /** StateResponse stdin. */
        stdin: string;

        /** StateResponse stdout. */
        stdout: string;

        /** StateResponse stderr. */
        stderr: string;

        /** StateResponse terminal. */
        terminal: boolean;

        /** StateResponse exit_status. */
        exit_status: number;

        /** StateResponse exited_at. */
        exited_at?: (wire.Timestamp.$Properties|null);

        /** StateResponse exec_id. */
        exec_id: string;

        /**
         * Creates a new StateResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StateResponse instance
         */
        static create(properties: wire.StateResponse.$Shape): wire.StateResponse & wire.StateResponse.$Shape;
        static create(properties?: wire.StateResponse.$Properties): wire.StateResponse;

        /**
         * Encodes the specified StateResponse message. Does not implicitly {@link wire.StateResponse.verify|verify} messages.
         * @param message StateResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StateResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StateResponse & wire.StateResponse.$Shape} StateResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StateResponse & wire.StateResponse.$Shape;
    }

    namespace StateResponse {

        /** Properties of a StateResponse. */
        interface $Properties {

            /** StateResponse id */
            id?: (string|null);

            /** StateResponse bundle */
            bundle?: (string|null);

            /** StateResponse pid */
            pid?: (number|null);

            /** StateResponse status */
            status?: (wire.Status|null);

            /** StateResponse stdin */
            stdin?: (string|null);

            /** StateResponse stdout */
            stdout?: (string|null);

            /** StateResponse stderr */
            stderr?: (string|null);

            /** StateResponse terminal */
            terminal?: (boolean|null);

            /** StateResponse exit_status */
            exit_status?: (number|null);

            /** StateResponse exited_at */
            exited_at?: (wire.Timestamp.$Properties|null);

            /** StateResponse exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StateResponse. */
        type $Shape = wire.StateResponse.$Properties;
    }

    /**
     * Properties of a KillRequest.
     * @deprecated Use wire.KillRequest.$Properties instead.
     */
    interface IKillRequest extends wire.KillRequest.$Properties {
    }

    /** Represents a KillRequest. */
    class KillRequest {

        /**
         * Constructs a new KillRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.KillRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** KillRequest id. */
        id: string;

        /** KillRequest exec_id. */
        exec_id: string;

        /** KillRequest signal. */
        signal: number;

        /** KillRequest all. */
        all: boolean;

        /**
         * Creates a new KillRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns KillRequest instance
         */
        static create(properties: wire.KillRequest.$Shape): wire.KillRequest & wire.KillRequest.$Shape;
        static create(properties?: wire.KillRequest.$Properties): wire.KillRequest;

        /**
         * Encodes the specified KillRequest message. Does not implicitly {@link wire.KillRequest.verify|verify} messages.
         * @param message KillRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.KillRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a KillRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.KillRequest & wire.KillRequest.$Shape} KillRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.KillRequest & wire.KillRequest.$Shape;
    }

    namespace KillRequest {

        /** Properties of a KillRequest. */
        interface $Properties {

            /** KillRequest id */
            id?: (string|null);

            /** KillRequest exec_id */
            exec_id?: (string|null);

            /** KillRequest signal */
            signal?: (number|null);

            /** KillRequest all */
            all?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a KillRequest. */
        type $Shape = wire.KillRequest.$Properties;
    }

    /**
     * Properties of a CloseIORequest.
     * @deprecated Use wire.CloseIORequest.$Properties instead.
     */
    interface ICloseIORequest extends wire.CloseIORequest.$Properties {
    }

    /** Represents a CloseIORequest. */
    class CloseIORequest {

        /**
         * Constructs a new CloseIORequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.CloseIORequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CloseIORequest id. */
        id: string;

        /** CloseIORequest exec_id. */
        exec_id: string;

        /** CloseIORequest stdin. */
        stdin: boolean;

        /**
         * Creates a new CloseIORequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CloseIORequest instance
         */
        static create(properties: wire.CloseIORequest.$Shape): wire.CloseIORequest & wire.CloseIORequest.$Shape;
        static create(properties?: wire.CloseIORequest.$Properties): wire.CloseIORequest;

        /**
         * Encodes the specified CloseIORequest message. Does not implicitly {@link wire.CloseIORequest.verify|verify} messages.
         * @param message CloseIORequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.CloseIORequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CloseIORequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.CloseIORequest & wire.CloseIORequest.$Shape} CloseIORequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.CloseIORequest & wire.CloseIORequest.$Shape;
    }

    namespace CloseIORequest {

        /** Properties of a CloseIORequest. */
        interface $Properties {

            /** CloseIORequest id */
            id?: (string|null);

            /** CloseIORequest exec_id */
            exec_id?: (string|null);

            /** CloseIORequest stdin */
            stdin?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CloseIORequest. */
        type $Shape = wire.CloseIORequest.$Properties;
    }

    /**
     * Properties of a PidsRequest.
     * @deprecated Use wire.PidsRequest.$Properties instead.
     */
    interface IPidsRequest extends wire.PidsRequest.$Properties {
    }

    /** Represents a PidsRequest. */
    class PidsRequest {

        /**
         * Constructs a new PidsRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.PidsRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PidsRequest id. */
        id: string;

        /**
         * Creates a new PidsRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PidsRequest instance
         */
        static create(properties: wire.PidsRequest.$Shape): wire.PidsRequest & wire.PidsRequest.$Shape;
        static create(properties?: wire.PidsRequest.$Properties): wire.PidsRequest;

        /**
         * Encodes the specified PidsRequest message. Does not implicitly {@link wire.PidsRequest.verify|verify} messages.
         * @param message PidsRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.PidsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PidsRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.PidsRequest & wire.PidsRequest.$Shape} PidsRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.PidsRequest & wire.PidsRequest.$Shape;
    }

    namespace PidsRequest {

        /** Properties of a PidsRequest. */
        interface $Properties {

            /** PidsRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PidsRequest. */
        type $Shape = wire.PidsRequest.$Properties;
    }

    /**
     * Properties of a PidsResponse.
     * @deprecated Use wire.PidsResponse.$Properties instead.
     */
    interface IPidsResponse extends wire.PidsResponse.$Properties {
    }

    /** Represents a PidsResponse. */
    class PidsResponse {

        /**
         * Constructs a new PidsResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.PidsResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PidsResponse processes. */
        processes: wire.ProcessInfo.$Properties[];

        /**
         * Creates a new PidsResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PidsResponse instance
         */
        static create(properties: wire.PidsResponse.$Shape): wire.PidsResponse & wire.PidsResponse.$Shape;
        static create(properties?: wire.PidsResponse.$Properties): wire.PidsResponse;

        /**
         * Encodes the specified PidsResponse message. Does not implicitly {@link wire.PidsResponse.verify|verify} messages.
         * @param message PidsResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.PidsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PidsResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.PidsResponse & wire.PidsResponse.$Shape} PidsResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.PidsResponse & wire.PidsResponse.$Shape;
    }

    namespace PidsResponse {

        /** Properties of a PidsResponse. */
        interface $Properties {

            /** PidsResponse processes */
            processes?: (wire.ProcessInfo.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PidsResponse. */
        type $Shape = wire.PidsResponse.$Properties;
    }

    /**
     * Properties of a CheckpointTaskRequest.
     * @deprecated Use wire.CheckpointTaskRequest.$Properties instead.
     */
    interface ICheckpointTaskRequest extends wire.CheckpointTaskRequest.$Properties {
    }

    /** Represents a CheckpointTaskRequest. */
    class CheckpointTaskRequest {

        /**
         * Constructs a new CheckpointTaskRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.CheckpointTaskRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointTaskRequest id. */
        id: string;

        /** CheckpointTaskRequest path. */
        path: string;

        /** CheckpointTaskRequest options. */
        options?: (wire.Any.$Properties|null);

        /**
         * Creates a new CheckpointTaskRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointTaskRequest instance
         */
        static create(properties: wire.CheckpointTaskRequest.$Shape): wire.CheckpointTaskRequest & wire.CheckpointTaskRequest.$Shape;
        static create(properties?: wire.CheckpointTaskRequest.$Properties): wire.CheckpointTaskRequest;

        /**
         * Encodes the specified CheckpointTaskRequest message. Does not implicitly {@link wire.CheckpointTaskRequest.verify|verify} messages.
         * @param message CheckpointTaskRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.CheckpointTaskRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointTaskRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.CheckpointTaskRequest & wire.CheckpointTaskRequest.$Shape} CheckpointTaskRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.CheckpointTaskRequest & wire.CheckpointTaskRequest.$Shape;
    }

    namespace CheckpointTaskRequest {

        /** Properties of a CheckpointTaskRequest. */
        interface $Properties {

            /** CheckpointTaskRequest id */
            id?: (string|null);

            /** CheckpointTaskRequest path */
            path?: (string|null);

            /** CheckpointTaskRequest options */
            options?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckpointTaskRequest. */
        type $Shape = wire.CheckpointTaskRequest.$Properties;
    }

    /**
     * Properties of an UpdateTaskRequest.
     * @deprecated Use wire.UpdateTaskRequest.$Properties instead.
     */
    interface IUpdateTaskRequest extends wire.UpdateTaskRequest.$Properties {
    }

    /** Represents an UpdateTaskRequest. */
    class UpdateTaskRequest {

        /**
         * Constructs a new UpdateTaskRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.UpdateTaskRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UpdateTaskRequest id. */
        id: string;

        /** UpdateTaskRequest resources. */
        resources?: (wire.Any.$Properties|null);

        /** UpdateTaskRequest annotations. */
        annotations: { [k: string]: string };

        /**
         * Creates a new UpdateTaskRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UpdateTaskRequest instance
         */
        static create(properties: wire.UpdateTaskRequest.$Shape): wire.UpdateTaskRequest & wire.UpdateTaskRequest.$Shape;
        static create(properties?: wire.UpdateTaskRequest.$Properties): wire.UpdateTaskRequest;

        /**
         * Encodes the specified UpdateTaskRequest message. Does not implicitly {@link wire.UpdateTaskRequest.verify|verify} messages.
         * @param message UpdateTaskRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.UpdateTaskRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UpdateTaskRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.UpdateTaskRequest & wire.UpdateTaskRequest.$Shape} UpdateTaskRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.UpdateTaskRequest & wire.UpdateTaskRequest.$Shape;
    }

    namespace UpdateTaskRequest {

        /** Properties of an UpdateTaskRequest. */
        interface $Properties {

            /** UpdateTaskRequest id */
            id?: (string|null);

            /** UpdateTaskRequest resources */
            resources?: (wire.Any.$Properties|null);

            /** UpdateTaskRequest annotations */
            annotations?: ({ [k: string]: string }|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UpdateTaskRequest. */
        type $Shape = wire.UpdateTaskRequest.$Properties;
    }

    /**
     * Properties of a PauseRequest.
     * @deprecated Use wire.PauseRequest.$Properties instead.
     */
    interface IPauseRequest extends wire.PauseRequest.$Properties {
    }

    /** Represents a PauseRequest. */
    class PauseRequest {

        /**
         * Constructs a new PauseRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.PauseRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PauseRequest id. */
        id: string;

        /**
         * Creates a new PauseRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PauseRequest instance
         */
        static create(properties: wire.PauseRequest.$Shape): wire.PauseRequest & wire.PauseRequest.$Shape;
        static create(properties?: wire.PauseRequest.$Properties): wire.PauseRequest;

        /**
         * Encodes the specified PauseRequest message. Does not implicitly {@link wire.PauseRequest.verify|verify} messages.
         * @param message PauseRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.PauseRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PauseRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.PauseRequest & wire.PauseRequest.$Shape} PauseRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.PauseRequest & wire.PauseRequest.$Shape;
    }

    namespace PauseRequest {

        /** Properties of a PauseRequest. */
        interface $Properties {

            /** PauseRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PauseRequest. */
        type $Shape = wire.PauseRequest.$Properties;
    }

    /**
     * Properties of a ResumeRequest.
     * @deprecated Use wire.ResumeRequest.$Properties instead.
     */
    interface IResumeRequest extends wire.ResumeRequest.$Properties {
    }

    /** Represents a ResumeRequest. */
    class ResumeRequest {

        /**
         * Constructs a new ResumeRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ResumeRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ResumeRequest id. */
        id: string;

        /**
         * Creates a new ResumeRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ResumeRequest instance
         */
        static create(properties: wire.ResumeRequest.$Shape): wire.ResumeRequest & wire.ResumeRequest.$Shape;
        static create(properties?: wire.ResumeRequest.$Properties): wire.ResumeRequest;

        /**
         * Encodes the specified ResumeRequest message. Does not implicitly {@link wire.ResumeRequest.verify|verify} messages.
         * @param message ResumeRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ResumeRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ResumeRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ResumeRequest & wire.ResumeRequest.$Shape} ResumeRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ResumeRequest & wire.ResumeRequest.$Shape;
    }

    namespace ResumeRequest {

        /** Properties of a ResumeRequest. */
        interface $Properties {

            /** ResumeRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ResumeRequest. */
        type $Shape = wire.ResumeRequest.$Properties;
    }

    /**
     * Properties of a WaitRequest.
     * @deprecated Use wire.WaitRequest.$Properties instead.
     */
    interface IWaitRequest extends wire.WaitRequest.$Properties {
    }

    /** Represents a WaitRequest. */
    class WaitRequest {

        /**
         * Constructs a new WaitRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.WaitRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WaitRequest id. */
        id: string;

        /** WaitRequest exec_id. */
        exec_id: string;

        /**
         * Creates a new WaitRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WaitRequest instance
         */
        static create(properties: wire.WaitRequest.$Shape): wire.WaitRequest & wire.WaitRequest.$Shape;
        static create(properties?: wire.WaitRequest.$Properties): wire.WaitRequest;

        /**
         * Encodes the specified WaitRequest message. Does not implicitly {@link wire.WaitRequest.verify|verify} messages.
         * @param message WaitRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.WaitRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WaitRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.WaitRequest & wire.WaitRequest.$Shape} WaitRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.WaitRequest & wire.WaitRequest.$Shape;
    }

    namespace WaitRequest {

        /** Properties of a WaitRequest. */
        interface $Properties {

            /** WaitRequest id */
            id?: (string|null);

            /** WaitRequest exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WaitRequest. */
        type $Shape = wire.WaitRequest.$Properties;
    }

    /**
     * Properties of a WaitResponse.
     * @deprecated Use wire.WaitResponse.$Properties instead.
     */
    interface IWaitResponse extends wire.WaitResponse.$Properties {
    }

    /** Represents a WaitResponse. */
    class WaitResponse {

        /**
         * Constructs a new WaitResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.WaitResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WaitResponse exit_status. */
        exit_status: number;

        /** WaitResponse exited_at. */
        exited_at?: (wire.Timestamp.$Properties|null);

        /**
         * Creates a new WaitResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WaitResponse instance
         */
        static create(properties: wire.WaitResponse.$Shape): wire.WaitResponse & wire.WaitResponse.$Shape;
        static create(properties?: wire.WaitResponse.$Properties): wire.WaitResponse;

        /**
         * Encodes the specified WaitResponse message. Does not implicitly {@link wire.WaitResponse.verify|verify} messages.
         * @param message WaitResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.WaitResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WaitResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.WaitResponse & wire.WaitResponse.$Shape} WaitResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.WaitResponse & wire.WaitResponse.$Shape;
    }

    namespace WaitResponse {

        /** Properties of a WaitResponse. */
        interface $Properties {

            /** WaitResponse exit_status */
            exit_status?: (number|null);

            /** WaitResponse exited_at */
            exited_at?: (wire.Timestamp.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WaitResponse. */
        type $Shape = wire.WaitResponse.$Properties;
    }

    /**
     * Properties of a StatsRequest.
     * @deprecated Use wire.StatsRequest.$Properties instead.
     */
    interface IStatsRequest extends wire.StatsRequest.$Properties {
    }

    /** Represents a StatsRequest. */
    class StatsRequest {

        /**
         * Constructs a new StatsRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StatsRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StatsRequest id. */
        id: string;

        /**
         * Creates a new StatsRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatsRequest instance
         */
        static create(properties: wire.StatsRequest.$Shape): wire.StatsRequest & wire.StatsRequest.$Shape;
        static create(properties?: wire.StatsRequest.$Properties): wire.StatsRequest;

        /**
         * Encodes the specified StatsRequest message. Does not implicitly {@link wire.StatsRequest.verify|verify} messages.
         * @param message StatsRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StatsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatsRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StatsRequest & wire.StatsRequest.$Shape} StatsRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StatsRequest & wire.StatsRequest.$Shape;
    }

    namespace StatsRequest {

        /** Properties of a StatsRequest. */
        interface $Properties {

            /** StatsRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatsRequest. */
        type $Shape = wire.StatsRequest.$Properties;
    }

    /**
     * Properties of a StatsResponse.
     * @deprecated Use wire.StatsResponse.$Properties instead.
     */
    interface IStatsResponse extends wire.StatsResponse.$Properties {
    }

    /** Represents a StatsResponse. */
    class StatsResponse {

        /**
         * Constructs a new StatsResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.StatsResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** StatsResponse stats. */
        stats?: (wire.Any.$Properties|null);

        /**
         * Creates a new StatsResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns StatsResponse instance
         */
        static create(properties: wire.StatsResponse.$Shape): wire.StatsResponse & wire.StatsResponse.$Shape;
        static create(properties?: wire.StatsResponse.$Properties): wire.StatsResponse;

        /**
         * Encodes the specified StatsResponse message. Does not implicitly {@link wire.StatsResponse.verify|verify} messages.
         * @param message StatsResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.StatsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a StatsResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.StatsResponse & wire.StatsResponse.$Shape} StatsResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.StatsResponse & wire.StatsResponse.$Shape;
    }

    namespace StatsResponse {

        /** Properties of a StatsResponse. */
        interface $Properties {

            /** StatsResponse stats */
            stats?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a StatsResponse. */
        type $Shape = wire.StatsResponse.$Properties;
    }

    /**
     * Properties of a ConnectRequest.
     * @deprecated Use wire.ConnectRequest.$Properties instead.
     */
    interface IConnectRequest extends wire.ConnectRequest.$Properties {
    }

    /** Represents a ConnectRequest. */
    class ConnectRequest {

        /**
         * Constructs a new ConnectRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ConnectRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ConnectRequest id. */
        id: string;

        /**
         * Creates a new ConnectRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ConnectRequest instance
         */
        static create(properties: wire.ConnectRequest.$Shape): wire.ConnectRequest & wire.ConnectRequest.$Shape;
        static create(properties?: wire.ConnectRequest.$Properties): wire.ConnectRequest;

        /**
         * Encodes the specified ConnectRequest message. Does not implicitly {@link wire.ConnectRequest.verify|verify} messages.
         * @param message ConnectRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ConnectRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ConnectRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ConnectRequest & wire.ConnectRequest.$Shape} ConnectRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ConnectRequest & wire.ConnectRequest.$Shape;
    }

    namespace ConnectRequest {

        /** Properties of a ConnectRequest. */
        interface $Properties {

            /** ConnectRequest id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ConnectRequest. */
        type $Shape = wire.ConnectRequest.$Properties;
    }

    /**
     * Properties of a ConnectResponse.
     * @deprecated Use wire.ConnectResponse.$Properties instead.
     */
    interface IConnectResponse extends wire.ConnectResponse.$Properties {
    }

    /** Represents a ConnectResponse. */
    class ConnectResponse {

        /**
         * Constructs a new ConnectResponse.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ConnectResponse.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ConnectResponse shim_pid. */
        shim_pid: number;

        /** ConnectResponse task_pid. */
        task_pid: number;

        /** ConnectResponse version. */
        version: string;

        /**
         * Creates a new ConnectResponse instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ConnectResponse instance
         */
        static create(properties: wire.ConnectResponse.$Shape): wire.ConnectResponse & wire.ConnectResponse.$Shape;
        static create(properties?: wire.ConnectResponse.$Properties): wire.ConnectResponse;

        /**
         * Encodes the specified ConnectResponse message. Does not implicitly {@link wire.ConnectResponse.verify|verify} messages.
         * @param message ConnectResponse message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ConnectResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ConnectResponse message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ConnectResponse & wire.ConnectResponse.$Shape} ConnectResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ConnectResponse & wire.ConnectResponse.$Shape;
    }

    namespace ConnectResponse {

        /** Properties of a ConnectResponse. */
        interface $Properties {

            /** ConnectResponse shim_pid */
            shim_pid?: (number|null);

            /** ConnectResponse task_pid */
            task_pid?: (number|null);

            /** ConnectResponse version */
            version?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ConnectResponse. */
        type $Shape = wire.ConnectResponse.$Properties;
    }

    /**
     * Properties of a ShutdownRequest.
     * @deprecated Use wire.ShutdownRequest.$Properties instead.
     */
    interface IShutdownRequest extends wire.ShutdownRequest.$Properties {
    }

    /** Represents a ShutdownRequest. */
    class ShutdownRequest {

        /**
         * Constructs a new ShutdownRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ShutdownRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ShutdownRequest id. */
        id: string;

        /** ShutdownRequest now. */
        now: boolean;

        /**
         * Creates a new ShutdownRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ShutdownRequest instance
         */
        static create(properties: wire.ShutdownRequest.$Shape): wire.ShutdownRequest & wire.ShutdownRequest.$Shape;
        static create(properties?: wire.ShutdownRequest.$Properties): wire.ShutdownRequest;

        /**
         * Encodes the specified ShutdownRequest message. Does not implicitly {@link wire.ShutdownRequest.verify|verify} messages.
         * @param message ShutdownRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ShutdownRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ShutdownRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ShutdownRequest & wire.ShutdownRequest.$Shape} ShutdownRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ShutdownRequest & wire.ShutdownRequest.$Shape;
    }

    namespace ShutdownRequest {

        /** Properties of a ShutdownRequest. */
        interface $Properties {

            /** ShutdownRequest id */
            id?: (string|null);

            /** ShutdownRequest now */
            now?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ShutdownRequest. */
        type $Shape = wire.ShutdownRequest.$Properties;
    }

    /**
     * Properties of an Empty.
     * @deprecated Use wire.Empty.$Properties instead.
     */
    interface IEmpty extends wire.Empty.$Properties {
    }

    /** Represents an Empty. */
    class Empty {

        /**
         * Constructs a new Empty.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Empty.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /**
         * Creates a new Empty instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Empty instance
         */
        static create(properties: wire.Empty.$Shape): wire.Empty & wire.Empty.$Shape;
        static create(properties?: wire.Empty.$Properties): wire.Empty;

        /**
         * Encodes the specified Empty message. Does not implicitly {@link wire.Empty.verify|verify} messages.
         * @param message Empty message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Empty.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Empty message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Empty & wire.Empty.$Shape} Empty
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Empty & wire.Empty.$Shape;
    }

    namespace Empty {

        /** Properties of an Empty. */
        interface $Properties {

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Empty. */
        type $Shape = wire.Empty.$Properties;
    }

    /**
     * Properties of a Timestamp.
     * @deprecated Use wire.Timestamp.$Properties instead.
     */
    interface ITimestamp extends wire.Timestamp.$Properties {
    }

    /** Represents a Timestamp. */
    class Timestamp {

        /**
         * Constructs a new Timestamp.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Timestamp.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Timestamp seconds. */
        seconds: (number|Long);

        /** Timestamp nanos. */
        nanos: number;

        /**
         * Creates a new Timestamp instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Timestamp instance
         */
        static create(properties: wire.Timestamp.$Shape): wire.Timestamp & wire.Timestamp.$Shape;
        static create(properties?: wire.Timestamp.$Properties): wire.Timestamp;

        /**
         * Encodes the specified Timestamp message. Does not implicitly {@link wire.Timestamp.verify|verify} messages.
         * @param message Timestamp message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Timestamp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Timestamp message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Timestamp & wire.Timestamp.$Shape} Timestamp
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Timestamp & wire.Timestamp.$Shape;
    }

    namespace Timestamp {

        /** Properties of a Timestamp. */
        interface $Properties {

            /** Timestamp seconds */
            seconds?: (number|Long|null);

            /** Timestamp nanos */
            nanos?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Timestamp. */
        type $Shape = wire.Timestamp.$Properties;
    }

    /**
     * Properties of an Any.
     * @deprecated Use wire.Any.$Properties instead.
     */
    interface IAny extends wire.Any.$Properties {
    }

    /** Represents an Any. */
    class Any {

        /**
         * Constructs a new Any.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Any.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Any type_url. */
        type_url: string;

        /** Any value. */
        value: Uint8Array;

        /**
         * Creates a new Any instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Any instance
         */
        static create(properties: wire.Any.$Shape): wire.Any & wire.Any.$Shape;
        static create(properties?: wire.Any.$Properties): wire.Any;

        /**
         * Encodes the specified Any message. Does not implicitly {@link wire.Any.verify|verify} messages.
         * @param message Any message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Any.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Any message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Any & wire.Any.$Shape} Any
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Any & wire.Any.$Shape;
    }

    namespace Any {

        /** Properties of an Any. */
        interface $Properties {

            /** Any type_url */
            type_url?: (string|null);

            /** Any value */
            value?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Any. */
        type $Shape = wire.Any.$Properties;
    }

    /**
     * Properties of a Mount.
     * @deprecated Use wire.Mount.$Properties instead.
     */
    interface IMount extends wire.Mount.$Properties {
    }

    /** Represents a Mount. */
    class Mount {

        /**
         * Constructs a new Mount.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Mount.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Mount type. */
        type: string;

        /** Mount source. */
        source: string;

        /** Mount target. */
        target: string;

        /** Mount options. */
        options: string[];

        /**
         * Creates a new Mount instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Mount instance
         */
        static create(properties: wire.Mount.$Shape): wire.Mount & wire.Mount.$Shape;
        static create(properties?: wire.Mount.$Properties): wire.Mount;

        /**
         * Encodes the specified Mount message. Does not implicitly {@link wire.Mount.verify|verify} messages.
         * @param message Mount message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Mount.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Mount message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Mount & wire.Mount.$Shape} Mount
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Mount & wire.Mount.$Shape;
    }

    namespace Mount {

        /** Properties of a Mount. */
        interface $Properties {

            /** Mount type */
            type?: (string|null);

            /** Mount source */
            source?: (string|null);

            /** Mount target */
            target?: (string|null);

            /** Mount options */
            options?: (string[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Mount. */
        type $Shape = wire.Mount.$Properties;
    }

    /** Status enum. */
    enum Status {

        /** UNKNOWN value */
        UNKNOWN = 0,

        /** CREATED value */
        CREATED = 1,

        /** RUNNING value */
        RUNNING = 2,

        /** STOPPED value */
        STOPPED = 3,

        /** PAUSED value */
        PAUSED = 4,

        /** PAUSING value */
        PAUSING = 5
    }

    /**
     * Properties of a ProcessInfo.
     * @deprecated Use wire.ProcessInfo.$Properties instead.
     */
    interface IProcessInfo extends wire.ProcessInfo.$Properties {
    }

    /** Represents a ProcessInfo. */
    class ProcessInfo {

        /**
         * Constructs a new ProcessInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ProcessInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ProcessInfo pid. */
        pid: number;

        /** ProcessInfo info. */
        info?: (wire.Any.$Properties|null);

        /**
         * Creates a new ProcessInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ProcessInfo instance
         */
        static create(properties: wire.ProcessInfo.$Shape): wire.ProcessInfo & wire.ProcessInfo.$Shape;
        static create(properties?: wire.ProcessInfo.$Properties): wire.ProcessInfo;

        /**
         * Encodes the specified ProcessInfo message. Does not implicitly {@link wire.ProcessInfo.verify|verify} messages.
         * @param message ProcessInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ProcessInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ProcessInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ProcessInfo & wire.ProcessInfo.$Shape} ProcessInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ProcessInfo & wire.ProcessInfo.$Shape;
    }

    namespace ProcessInfo {

        /** Properties of a ProcessInfo. */
        interface $Properties {

            /** ProcessInfo pid */
            pid?: (number|null);

            /** ProcessInfo info */
            info?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ProcessInfo. */
        type $Shape = wire.ProcessInfo.$Properties;
    }

    /**
     * Properties of an Envelope.
     * @deprecated Use wire.Envelope.$Properties instead.
     */
    interface IEnvelope extends wire.Envelope.$Properties {
    }

    /** Represents an Envelope. */
    class Envelope {

        /**
         * Constructs a new Envelope.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Envelope.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Envelope timestamp. */
        timestamp?: (wire.Timestamp.$Properties|null);

        /** Envelope namespace. */
        namespace: string;

        /** Envelope topic. */
        topic: string;

        /** Envelope event. */
        event?: (wire.Any.$Properties|null);

        /**
         * Creates a new Envelope instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Envelope instance
         */
        static create(properties: wire.Envelope.$Shape): wire.Envelope & wire.Envelope.$Shape;
        static create(properties?: wire.Envelope.$Properties): wire.Envelope;

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link wire.Envelope.verify|verify} messages.
         * @param message Envelope message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Envelope & wire.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Envelope & wire.Envelope.$Shape;
    }

    namespace Envelope {

        /** Properties of an Envelope. */
        interface $Properties {

            /** Envelope timestamp */
            timestamp?: (wire.Timestamp.$Properties|null);

            /** Envelope namespace */
            namespace?: (string|null);

            /** Envelope topic */
            topic?: (string|null);

            /** Envelope event */
            event?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Envelope. */
        type $Shape = wire.Envelope.$Properties;
    }

    /**
     * Properties of a ForwardRequest.
     * @deprecated Use wire.ForwardRequest.$Properties instead.
     */
    interface IForwardRequest extends wire.ForwardRequest.$Properties {
    }

    /** Represents a ForwardRequest. */
    class ForwardRequest {

        /**
         * Constructs a new ForwardRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ForwardRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ForwardRequest envelope. */
        envelope?: (wire.Envelope.$Properties|null);

        /**
         * Creates a new ForwardRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ForwardRequest instance
         */
        static create(properties: wire.ForwardRequest.$Shape): wire.ForwardRequest & wire.ForwardRequest.$Shape;
        static create(properties?: wire.ForwardRequest.$Properties): wire.ForwardRequest;

        /**
         * Encodes the specified ForwardRequest message. Does not implicitly {@link wire.ForwardRequest.verify|verify} messages.
         * @param message ForwardRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ForwardRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ForwardRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ForwardRequest & wire.ForwardRequest.$Shape} ForwardRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ForwardRequest & wire.ForwardRequest.$Shape;
    }

    namespace ForwardRequest {

        /** Properties of a ForwardRequest. */
        interface $Properties {

            /** ForwardRequest envelope */
            envelope?: (wire.Envelope.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ForwardRequest. */
        type $Shape = wire.ForwardRequest.$Properties;
    }

    /**
     * Properties of a TaskIO.
     * @deprecated Use wire.TaskIO.$Properties instead.
     */
    interface ITaskIO extends wire.TaskIO.$Properties {
    }

    /** Represents a TaskIO. */
    class TaskIO {

        /**
         * Constructs a new TaskIO.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskIO.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskIO stdin. */
        stdin: string;

        /** TaskIO stdout. */
        stdout: string;

        /** TaskIO stderr. */
        stderr: string;

        /** TaskIO terminal. */
        terminal: boolean;

        /**
         * Creates a new TaskIO instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskIO instance
         */
        static create(properties: wire.TaskIO.$Shape): wire.TaskIO & wire.TaskIO.$Shape;
        static create(properties?: wire.TaskIO.$Properties): wire.TaskIO;

        /**
         * Encodes the specified TaskIO message. Does not implicitly {@link wire.TaskIO.verify|verify} messages.
         * @param message TaskIO message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskIO.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskIO message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskIO & wire.TaskIO.$Shape} TaskIO
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskIO & wire.TaskIO.$Shape;
    }

    namespace TaskIO {

        /** Properties of a TaskIO. */
        interface $Properties {

            /** TaskIO stdin */
            stdin?: (string|null);

            /** TaskIO stdout */
            stdout?: (string|null);

            /** TaskIO stderr */
            stderr?: (string|null);

            /** TaskIO terminal */
            terminal?: (boolean|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskIO. */
        type $Shape = wire.TaskIO.$Properties;
    }

    /**
     * Properties of a TaskCreate.
     * @deprecated Use wire.TaskCreate.$Properties instead.
     */
    interface ITaskCreate extends wire.TaskCreate.$Properties {
    }

    /** Represents a TaskCreate. */
    class TaskCreate {

        /**
         * Constructs a new TaskCreate.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskCreate.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskCreate container_id. */
        container_id: string;

        /** TaskCreate bundle. */
        bundle: string;

        /** TaskCreate rootfs. */
        rootfs: wire.Mount.$Properties[];

        /** TaskCreate io. */
        io?: (wire.TaskIO.$Properties|null);

        /** TaskCreate checkpoint. */
        checkpoint: string;

        /** TaskCreate pid. */
        pid: number;

        /**
         * Creates a new TaskCreate instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskCreate instance
         */
        static create(properties: wire.TaskCreate.$Shape): wire.TaskCreate & wire.TaskCreate.$Shape;
        static create(properties?: wire.TaskCreate.$Properties): wire.TaskCreate;

        /**
         * Encodes the specified TaskCreate message. Does not implicitly {@link wire.TaskCreate.verify|verify} messages.
         * @param message TaskCreate message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskCreate.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskCreate message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskCreate & wire.TaskCreate.$Shape} TaskCreate
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskCreate & wire.TaskCreate.$Shape;
    }

    namespace TaskCreate {

        /** Properties of a TaskCreate. */
        interface $Properties {

            /** TaskCreate container_id */
            container_id?: (string|null);

            /** TaskCreate bundle */
            bundle?: (string|null);

            /** TaskCreate rootfs */
            rootfs?: (wire.Mount.$Properties[]|null);

            /** TaskCreate io */
            io?: (wire.TaskIO.$Properties|null);

            /** TaskCreate checkpoint */
            checkpoint?: (string|null);

            /** TaskCreate pid */
            pid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskCreate. */
        type $Shape = wire.TaskCreate.$Properties;
    }

    /**
     * Properties of a TaskStart.
     * @deprecated Use wire.TaskStart.$Properties instead.
     */
    interface ITaskStart extends wire.TaskStart.$Properties {
    }

    /** Represents a TaskStart. */
    class TaskStart {

        /**
         * Constructs a new TaskStart.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskStart.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskStart container_id. */
        container_id: string;

        /** TaskStart pid. */
        pid: number;

        /**
         * Creates a new TaskStart instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskStart instance
         */
        static create(properties: wire.TaskStart.$Shape): wire.TaskStart & wire.TaskStart.$Shape;
        static create(properties?: wire.TaskStart.$Properties): wire.TaskStart;

        /**
         * Encodes the specified TaskStart message. Does not implicitly {@link wire.TaskStart.verify|verify} messages.
         * @param message TaskStart message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskStart.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskStart message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskStart & wire.TaskStart.$Shape} TaskStart
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskStart & wire.TaskStart.$Shape;
    }

    namespace TaskStart {

        /** Properties of a TaskStart. */
        interface $Properties {

            /** TaskStart container_id */
            container_id?: (string|null);

            /** TaskStart pid */
            pid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskStart. */
        type $Shape = wire.TaskStart.$Properties;
    }

    /**
     * Properties of a TaskDelete.
     * @deprecated Use wire.TaskDelete.$Properties instead.
     */
    interface ITaskDelete extends wire.TaskDelete.$Properties {
    }

    /** Represents a TaskDelete. */
    class TaskDelete {

        /**
         * Constructs a new TaskDelete.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskDelete.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskDelete container_id. */
        container_id: string;

        /** TaskDelete pid. */
        pid: number;

        /** TaskDelete exit_status. */
        exit_status: number;

        /** TaskDelete exited_at. */
        exited_at?: (wire.Timestamp.$Properties|null);

        /** TaskDelete id. */
        id: string;

        /**
         * Creates a new TaskDelete instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskDelete instance
         */
        static create(properties: wire.TaskDelete.$Shape): wire.TaskDelete & wire.TaskDelete.$Shape;
        static create(properties?: wire.TaskDelete.$Properties): wire.TaskDelete;

        /**
         * Encodes the specified TaskDelete message. Does not implicitly {@link wire.TaskDelete.verify|verify} messages.
         * @param message TaskDelete message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskDelete.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskDelete message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskDelete & wire.TaskDelete.$Shape} TaskDelete
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskDelete & wire.TaskDelete.$Shape;
    }

    namespace TaskDelete {

        /** Properties of a TaskDelete. */
        interface $Properties {

            /** TaskDelete container_id */
            container_id?: (string|null);

            /** TaskDelete pid */
            pid?: (number|null);

            /** TaskDelete exit_status */
            exit_status?: (number|null);

            /** TaskDelete exited_at */
            exited_at?: (wire.Timestamp.$Properties|null);

            /** TaskDelete id */
            id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskDelete. */
        type $Shape = wire.TaskDelete.$Properties;
    }

    /**
     * Properties of a TaskExit.
     * @deprecated Use wire.TaskExit.$Properties instead.
     */
    interface ITaskExit extends wire.TaskExit.$Properties {
    }

    /** Represents a TaskExit. */
    class TaskExit {

        /**
         * Constructs a new TaskExit.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskExit.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskExit container_id. */
        container_id: string;

        /** TaskExit id. */
        id: string;

        /** TaskExit pid. */
        pid: number;

        /** TaskExit exit_status. */
        exit_status: number;

        /** TaskExit exited_at. */
        exited_at?: (wire.Timestamp.$Properties|null);

        /**
         * Creates a new TaskExit instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskExit instance
         */
        static create(properties: wire.TaskExit.$Shape): wire.TaskExit & wire.TaskExit.$Shape;
        static create(properties?: wire.TaskExit.$Properties): wire.TaskExit;

        /**
         * Encodes the specified TaskExit message. Does not implicitly {@link wire.TaskExit.verify|verify} messages.
         * @param message TaskExit message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskExit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskExit message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskExit & wire.TaskExit.$Shape} TaskExit
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskExit & wire.TaskExit.$Shape;
    }

    namespace TaskExit {

        /** Properties of a TaskExit. */
        interface $Properties {

            /** TaskExit container_id */
            container_id?: (string|null);

            /** TaskExit id */
            id?: (string|null);

            /** TaskExit pid */
            pid?: (number|null);

            /** TaskExit exit_status */
            exit_status?: (number|null);

            /** TaskExit exited_at */
            exited_at?: (wire.Timestamp.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskExit. */
        type $Shape = wire.TaskExit.$Properties;
    }

    /**
     * Properties of a TaskOOM.
     * @deprecated Use wire.TaskOOM.$Properties instead.
     */
    interface ITaskOOM extends wire.TaskOOM.$Properties {
    }

    /** Represents a TaskOOM. */
    class TaskOOM {

        /**
         * Constructs a new TaskOOM.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskOOM.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskOOM container_id. */
        container_id: string;

        /**
         * Creates a new TaskOOM instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskOOM instance
         */
        static create(properties: wire.TaskOOM.$Shape): wire.TaskOOM & wire.TaskOOM.$Shape;
        static create(properties?: wire.TaskOOM.$Properties): wire.TaskOOM;

        /**
         * Encodes the specified TaskOOM message. Does not implicitly {@link wire.TaskOOM.verify|verify} messages.
         * @param message TaskOOM message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskOOM.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskOOM message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskOOM & wire.TaskOOM.$Shape} TaskOOM
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskOOM & wire.TaskOOM.$Shape;
    }

    namespace TaskOOM {

        /** Properties of a TaskOOM. */
        interface $Properties {

            /** TaskOOM container_id */
            container_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskOOM. */
        type $Shape = wire.TaskOOM.$Properties;
    }

    /**
     * Properties of a TaskExecAdded.
     * @deprecated Use wire.TaskExecAdded.$Properties instead.
     */
    interface ITaskExecAdded extends wire.TaskExecAdded.$Properties {
    }

    /** Represents a TaskExecAdded. */
    class TaskExecAdded {

        /**
         * Constructs a new TaskExecAdded.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskExecAdded.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskExecAdded container_id. */
        container_id: string;

        /** TaskExecAdded exec_id. */
        exec_id: string;

        /**
         * Creates a new TaskExecAdded instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskExecAdded instance
         */
        static create(properties: wire.TaskExecAdded.$Shape): wire.TaskExecAdded & wire.TaskExecAdded.$Shape;
        static create(properties?: wire.TaskExecAdded.$Properties): wire.TaskExecAdded;

        /**
         * Encodes the specified TaskExecAdded message. Does not implicitly {@link wire.TaskExecAdded.verify|verify} messages.
         * @param message TaskExecAdded message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskExecAdded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskExecAdded message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskExecAdded & wire.TaskExecAdded.$Shape} TaskExecAdded
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskExecAdded & wire.TaskExecAdded.$Shape;
    }

    namespace TaskExecAdded {

        /** Properties of a TaskExecAdded. */
        interface $Properties {

            /** TaskExecAdded container_id */
            container_id?: (string|null);

            /** TaskExecAdded exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskExecAdded. */
        type $Shape = wire.TaskExecAdded.$Properties;
    }

    /**
     * Properties of a TaskExecStarted.
     * @deprecated Use wire.TaskExecStarted.$Properties instead.
     */
    interface ITaskExecStarted extends wire.TaskExecStarted.$Properties {
    }

    /** Represents a TaskExecStarted. */
    class TaskExecStarted {

        /**
         * Constructs a new TaskExecStarted.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskExecStarted.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskExecStarted container_id. */
        container_id: string;

        /** TaskExecStarted exec_id. */
        exec_id: string;

        /** TaskExecStarted pid. */
        pid: number;

        /**
         * Creates a new TaskExecStarted instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskExecStarted instance
         */
        static create(properties: wire.TaskExecStarted.$Shape): wire.TaskExecStarted & wire.TaskExecStarted.$Shape;
        static create(properties?: wire.TaskExecStarted.$Properties): wire.TaskExecStarted;

        /**
         * Encodes the specified TaskExecStarted message. Does not implicitly {@link wire.TaskExecStarted.verify|verify} messages.
         * @param message TaskExecStarted message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskExecStarted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskExecStarted message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskExecStarted & wire.TaskExecStarted.$Shape} TaskExecStarted
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskExecStarted & wire.TaskExecStarted.$Shape;
    }

    namespace TaskExecStarted {

        /** Properties of a TaskExecStarted. */
        interface $Properties {

            /** TaskExecStarted container_id */
            container_id?: (string|null);

            /** TaskExecStarted exec_id */
            exec_id?: (string|null);

            /** TaskExecStarted pid */
            pid?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskExecStarted. */
        type $Shape = wire.TaskExecStarted.$Properties;
    }

    /**
     * Properties of a TaskPaused.
     * @deprecated Use wire.TaskPaused.$Properties instead.
     */
    interface ITaskPaused extends wire.TaskPaused.$Properties {
    }

    /** Represents a TaskPaused. */
    class TaskPaused {

        /**
         * Constructs a new TaskPaused.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskPaused.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskPaused container_id. */
        container_id: string;

        /**
         * Creates a new TaskPaused instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskPaused instance
         */
        static create(properties: wire.TaskPaused.$Shape): wire.TaskPaused & wire.TaskPaused.$Shape;
        static create(properties?: wire.TaskPaused.$Properties): wire.TaskPaused;

        /**
         * Encodes the specified TaskPaused message. Does not implicitly {@link wire.TaskPaused.verify|verify} messages.
         * @param message TaskPaused message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskPaused.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskPaused message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskPaused & wire.TaskPaused.$Shape} TaskPaused
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskPaused & wire.TaskPaused.$Shape;
    }

    namespace TaskPaused {

        /** Properties of a TaskPaused. */
        interface $Properties {

            /** TaskPaused container_id */
            container_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskPaused. */
        type $Shape = wire.TaskPaused.$Properties;
    }

    /**
     * Properties of a TaskCheckpointed.
     * @deprecated Use wire.TaskCheckpointed.$Properties instead.
     */
    interface ITaskCheckpointed extends wire.TaskCheckpointed.$Properties {
    }

    /** Represents a TaskCheckpointed. */
    class TaskCheckpointed {

        /**
         * Constructs a new TaskCheckpointed.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskCheckpointed.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskCheckpointed container_id. */
        container_id: string;

        /** TaskCheckpointed checkpoint. */
        checkpoint: string;

        /**
         * Creates a new TaskCheckpointed instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskCheckpointed instance
         */
        static create(properties: wire.TaskCheckpointed.$Shape): wire.TaskCheckpointed & wire.TaskCheckpointed.$Shape;
        static create(properties?: wire.TaskCheckpointed.$Properties): wire.TaskCheckpointed;

        /**
         * Encodes the specified TaskCheckpointed message. Does not implicitly {@link wire.TaskCheckpointed.verify|verify} messages.
         * @param message TaskCheckpointed message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskCheckpointed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskCheckpointed message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskCheckpointed & wire.TaskCheckpointed.$Shape} TaskCheckpointed
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskCheckpointed & wire.TaskCheckpointed.$Shape;
    }

    namespace TaskCheckpointed {

        /** Properties of a TaskCheckpointed. */
        interface $Properties {

            /** TaskCheckpointed container_id */
            container_id?: (string|null);

            /** TaskCheckpointed checkpoint */
            checkpoint?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskCheckpointed. */
        type $Shape = wire.TaskCheckpointed.$Properties;
    }

    /**
     * Properties of a TaskResumed.
     * @deprecated Use wire.TaskResumed.$Properties instead.
     */
    interface ITaskResumed extends wire.TaskResumed.$Properties {
    }

    /** Represents a TaskResumed. */
    class TaskResumed {

        /**
         * Constructs a new TaskResumed.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.TaskResumed.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TaskResumed container_id. */
        container_id: string;

        /**
         * Creates a new TaskResumed instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TaskResumed instance
         */
        static create(properties: wire.TaskResumed.$Shape): wire.TaskResumed & wire.TaskResumed.$Shape;
        static create(properties?: wire.TaskResumed.$Properties): wire.TaskResumed;

        /**
         * Encodes the specified TaskResumed message. Does not implicitly {@link wire.TaskResumed.verify|verify} messages.
         * @param message TaskResumed message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.TaskResumed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TaskResumed message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.TaskResumed & wire.TaskResumed.$Shape} TaskResumed
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.TaskResumed & wire.TaskResumed.$Shape;
    }

    namespace TaskResumed {

        /** Properties of a TaskResumed. */
        interface $Properties {

            /** TaskResumed container_id */
            container_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TaskResumed. */
        type $Shape = wire.TaskResumed.$Properties;
    }

    /**
     * Properties of an Extension.
     * @deprecated Use wire.Extension.$Properties instead.
     */
    interface IExtension extends wire.Extension.$Properties {
    }

    /** Represents an Extension. */
    class Extension {

        /**
         * Constructs a new Extension.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.Extension.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Extension value. */
        value?: (wire.Any.$Properties|null);

        /**
         * Creates a new Extension instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Extension instance
         */
        static create(properties: wire.Extension.$Shape): wire.Extension & wire.Extension.$Shape;
        static create(properties?: wire.Extension.$Properties): wire.Extension;

        /**
         * Encodes the specified Extension message. Does not implicitly {@link wire.Extension.verify|verify} messages.
         * @param message Extension message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.Extension.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Extension message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.Extension & wire.Extension.$Shape} Extension
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.Extension & wire.Extension.$Shape;
    }

    namespace Extension {

        /** Properties of an Extension. */
        interface $Properties {

            /** Extension value */
            value?: (wire.Any.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Extension. */
        type $Shape = wire.Extension.$Properties;
    }

    /**
     * Properties of a BootstrapParams.
     * @deprecated Use wire.BootstrapParams.$Properties instead.
     */
    interface IBootstrapParams extends wire.BootstrapParams.$Properties {
    }

    /** Represents a BootstrapParams. */
    class BootstrapParams {

        /**
         * Constructs a new BootstrapParams.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.BootstrapParams.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BootstrapParams instance_id. */
        instance_id: string;

        /** BootstrapParams namespace. */
        namespace: string;

        /** BootstrapParams log_level. */
        log_level: number;

        /** BootstrapParams containerd_version. */
        containerd_version: string;

        /** BootstrapParams containerd_ttrpc_address. */
        containerd_ttrpc_address: string;

        /** BootstrapParams containerd_grpc_address. */
        containerd_grpc_address: string;

        /** BootstrapParams containerd_binary. */
        containerd_binary: string;

        /** BootstrapParams extensions. */
        extensions: wire.Extension.$Properties[];

        /** BootstrapParams socket_dir. */
        socket_dir: string;

        /**
         * Creates a new BootstrapParams instance using the specified properties.
         * @param [properties] Properties to set
         * @returns BootstrapParams instance
         */
        static create(properties: wire.BootstrapParams.$Shape): wire.BootstrapParams & wire.BootstrapParams.$Shape;
        static create(properties?: wire.BootstrapParams.$Properties): wire.BootstrapParams;

        /**
         * Encodes the specified BootstrapParams message. Does not implicitly {@link wire.BootstrapParams.verify|verify} messages.
         * @param message BootstrapParams message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.BootstrapParams.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a BootstrapParams message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.BootstrapParams & wire.BootstrapParams.$Shape} BootstrapParams
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.BootstrapParams & wire.BootstrapParams.$Shape;
    }

    namespace BootstrapParams {

        /** Properties of a BootstrapParams. */
        interface $Properties {

            /** BootstrapParams instance_id */
            instance_id?: (string|null);

            /** BootstrapParams namespace */
            namespace?: (string|null);

            /** BootstrapParams log_level */
            log_level?: (number|null);

            /** BootstrapParams containerd_version */
            containerd_version?: (string|null);

            /** BootstrapParams containerd_ttrpc_address */
            containerd_ttrpc_address?: (string|null);

            /** BootstrapParams containerd_grpc_address */
            containerd_grpc_address?: (string|null);

            /** BootstrapParams containerd_binary */
            containerd_binary?: (string|null);

            /** BootstrapParams extensions */
            extensions?: (wire.Extension.$Properties[]|null);

            /** BootstrapParams socket_dir */
            socket_dir?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BootstrapParams. */
        type $Shape = wire.BootstrapParams.$Properties;
    }

    /**
     * Properties of a RuntimeVersion.
     * @deprecated Use wire.RuntimeVersion.$Properties instead.
     */
    interface IRuntimeVersion extends wire.RuntimeVersion.$Properties {
    }

    /** Represents a RuntimeVersion. */
    class RuntimeVersion {

        /**
         * Constructs a new RuntimeVersion.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.RuntimeVersion.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RuntimeVersion version. */
        version: string;

        /** RuntimeVersion revision. */
        revision: string;

        /**
         * Creates a new RuntimeVersion instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RuntimeVersion instance
         */
        static create(properties: wire.RuntimeVersion.$Shape): wire.RuntimeVersion & wire.RuntimeVersion.$Shape;
        static create(properties?: wire.RuntimeVersion.$Properties): wire.RuntimeVersion;

        /**
         * Encodes the specified RuntimeVersion message. Does not implicitly {@link wire.RuntimeVersion.verify|verify} messages.
         * @param message RuntimeVersion message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.RuntimeVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RuntimeVersion message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.RuntimeVersion & wire.RuntimeVersion.$Shape} RuntimeVersion
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.RuntimeVersion & wire.RuntimeVersion.$Shape;
    }

    namespace RuntimeVersion {

        /** Properties of a RuntimeVersion. */
        interface $Properties {

            /** RuntimeVersion version */
            version?: (string|null);

            /** RuntimeVersion revision */
            revision?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RuntimeVersion. */
        type $Shape = wire.RuntimeVersion.$Properties;
    }

    /**
     * Properties of a RuntimeInfo.
     * @deprecated Use wire.RuntimeInfo.$Properties instead.
     */
    interface IRuntimeInfo extends wire.RuntimeInfo.$Properties {
    }

    /** Represents a RuntimeInfo. */
    class RuntimeInfo {

        /**
         * Constructs a new RuntimeInfo.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.RuntimeInfo.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RuntimeInfo name. */
        name: string;

        /** RuntimeInfo version. */
        version?: (wire.RuntimeVersion.$Properties|null);

        /** RuntimeInfo options. */
        options?: (wire.Any.$Properties|null);

        /** RuntimeInfo features. */
        features?: (wire.Any.$Properties|null);

        /** RuntimeInfo annotations. */
        annotations: { [k: string]: string };

        /**
         * Creates a new RuntimeInfo instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RuntimeInfo instance
         */
        static create(properties: wire.RuntimeInfo.$Shape): wire.RuntimeInfo & wire.RuntimeInfo.$Shape;
        static create(properties?: wire.RuntimeInfo.$Properties): wire.RuntimeInfo;

        /**
         * Encodes the specified RuntimeInfo message. Does not implicitly {@link wire.RuntimeInfo.verify|verify} messages.
         * @param message RuntimeInfo message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.RuntimeInfo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RuntimeInfo message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.RuntimeInfo & wire.RuntimeInfo.$Shape} RuntimeInfo
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.RuntimeInfo & wire.RuntimeInfo.$Shape;
    }

    namespace RuntimeInfo {

        /** Properties of a RuntimeInfo. */
        interface $Properties {

            /** RuntimeInfo name */
            name?: (string|null);

            /** RuntimeInfo version */
            version?: (wire.RuntimeVersion.$Properties|null);

            /** RuntimeInfo options */
            options?: (wire.Any.$Properties|null);

            /** RuntimeInfo features */
            features?: (wire.Any.$Properties|null);

            /** RuntimeInfo annotations */
            annotations?: ({ [k: string]: string }|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RuntimeInfo. */
        type $Shape = wire.RuntimeInfo.$Properties;
    }

    /**
     * Properties of a RuncOptions.
     * @deprecated Use wire.RuncOptions.$Properties instead.
     */
    interface IRuncOptions extends wire.RuncOptions.$Properties {
    }

    /** Represents a RuncOptions. */
    class RuncOptions {

        /**
         * Constructs a new RuncOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.RuncOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RuncOptions no_pivot_root. */
        no_pivot_root: boolean;

        /** RuncOptions no_new_keyring. */
        no_new_keyring: boolean;

        /** RuncOptions shim_cgroup. */
        shim_cgroup: string;

        /** RuncOptions io_uid. */
        io_uid: number;

        /** RuncOptions io_gid. */
        io_gid: number;

        /** RuncOptions binary_name. */
        binary_name: string;

        /** RuncOptions root. */
        root: string;

        /** RuncOptions criu_path. */
        criu_path: string;

        /** RuncOptions systemd_cgroup. */
        systemd_cgroup: boolean;

        /** RuncOptions criu_image_path. */
        criu_image_path: string;

        /** RuncOptions criu_work_path. */
        criu_work_path: string;

        /** RuncOptions task_api_address. */
        task_api_address: string;

        /** RuncOptions task_api_version. */
        task_api_version: number;

        /**
         * Creates a new RuncOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RuncOptions instance
         */
        static create(properties: wire.RuncOptions.$Shape): wire.RuncOptions & wire.RuncOptions.$Shape;
        static create(properties?: wire.RuncOptions.$Properties): wire.RuncOptions;

        /**
         * Encodes the specified RuncOptions message. Does not implicitly {@link wire.RuncOptions.verify|verify} messages.
         * @param message RuncOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.RuncOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RuncOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.RuncOptions & wire.RuncOptions.$Shape} RuncOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.RuncOptions & wire.RuncOptions.$Shape;
    }

    namespace RuncOptions {

        /** Properties of a RuncOptions. */
        interface $Properties {

            /** RuncOptions no_pivot_root */
            no_pivot_root?: (boolean|null);

            /** RuncOptions no_new_keyring */
            no_new_keyring?: (boolean|null);

            /** RuncOptions shim_cgroup */
            shim_cgroup?: (string|null);

            /** RuncOptions io_uid */
            io_uid?: (number|null);

            /** RuncOptions io_gid */
            io_gid?: (number|null);

            /** RuncOptions binary_name */
            binary_name?: (string|null);

            /** RuncOptions root */
            root?: (string|null);

            /** RuncOptions criu_path */
            criu_path?: (string|null);

            /** RuncOptions systemd_cgroup */
            systemd_cgroup?: (boolean|null);

            /** RuncOptions criu_image_path */
            criu_image_path?: (string|null);

            /** RuncOptions criu_work_path */
            criu_work_path?: (string|null);

            /** RuncOptions task_api_address */
            task_api_address?: (string|null);

            /** RuncOptions task_api_version */
            task_api_version?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RuncOptions. */
        type $Shape = wire.RuncOptions.$Properties;
    }

    /**
     * Properties of a LinuxCreateOptions.
     * @deprecated Use wire.LinuxCreateOptions.$Properties instead.
     */
    interface ILinuxCreateOptions extends wire.LinuxCreateOptions.$Properties {
    }

    /** Represents a LinuxCreateOptions. */
    class LinuxCreateOptions {

        /**
         * Constructs a new LinuxCreateOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.LinuxCreateOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LinuxCreateOptions no_pivot_root. */
        no_pivot_root: boolean;

        /** LinuxCreateOptions no_new_keyring. */
        no_new_keyring: boolean;

        /** LinuxCreateOptions shim_cgroup. */
        shim_cgroup: string;

        /** LinuxCreateOptions io_uid. */
        io_uid: number;

        /** LinuxCreateOptions io_gid. */
        io_gid: number;

        /** LinuxCreateOptions criu_work_path. */
        criu_work_path: string;

        /** LinuxCreateOptions criu_image_path. */
        criu_image_path: string;

        /**
         * Creates a new LinuxCreateOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LinuxCreateOptions instance
         */
        static create(properties: wire.LinuxCreateOptions.$Shape): wire.LinuxCreateOptions & wire.LinuxCreateOptions.$Shape;
        static create(properties?: wire.LinuxCreateOptions.$Properties): wire.LinuxCreateOptions;

        /**
         * Encodes the specified LinuxCreateOptions message. Does not implicitly {@link wire.LinuxCreateOptions.verify|verify} messages.
         * @param message LinuxCreateOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.LinuxCreateOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LinuxCreateOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.LinuxCreateOptions & wire.LinuxCreateOptions.$Shape} LinuxCreateOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.LinuxCreateOptions & wire.LinuxCreateOptions.$Shape;
    }

    namespace LinuxCreateOptions {

        /** Properties of a LinuxCreateOptions. */
        interface $Properties {

            /** LinuxCreateOptions no_pivot_root */
            no_pivot_root?: (boolean|null);

            /** LinuxCreateOptions no_new_keyring */
            no_new_keyring?: (boolean|null);

            /** LinuxCreateOptions shim_cgroup */
            shim_cgroup?: (string|null);

            /** LinuxCreateOptions io_uid */
            io_uid?: (number|null);

            /** LinuxCreateOptions io_gid */
            io_gid?: (number|null);

            /** LinuxCreateOptions criu_work_path */
            criu_work_path?: (string|null);

            /** LinuxCreateOptions criu_image_path */
            criu_image_path?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LinuxCreateOptions. */
        type $Shape = wire.LinuxCreateOptions.$Properties;
    }

    /**
     * Properties of a CheckpointOptions.
     * @deprecated Use wire.CheckpointOptions.$Properties instead.
     */
    interface ICheckpointOptions extends wire.CheckpointOptions.$Properties {
    }

    /** Represents a CheckpointOptions. */
    class CheckpointOptions {

        /**
         * Constructs a new CheckpointOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.CheckpointOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CheckpointOptions exit. */
        exit: boolean;

        /** CheckpointOptions open_tcp. */
        open_tcp: boolean;

        /** CheckpointOptions external_unix_sockets. */
        external_unix_sockets: boolean;

        /** CheckpointOptions terminal. */
        terminal: boolean;

        /** CheckpointOptions file_locks. */
        file_locks: boolean;

        /** CheckpointOptions empty_namespaces. */
        empty_namespaces: string[];

        /** CheckpointOptions cgroups_mode. */
        cgroups_mode: string;

        /** CheckpointOptions image_path. */
        image_path: string;

        /** CheckpointOptions work_path. */
        work_path: string;

        /** CheckpointOptions parent_path. */
        parent_path: string;

        /**
         * Creates a new CheckpointOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CheckpointOptions instance
         */
        static create(properties: wire.CheckpointOptions.$Shape): wire.CheckpointOptions & wire.CheckpointOptions.$Shape;
        static create(properties?: wire.CheckpointOptions.$Properties): wire.CheckpointOptions;

        /**
         * Encodes the specified CheckpointOptions message. Does not implicitly {@link wire.CheckpointOptions.verify|verify} messages.
         * @param message CheckpointOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.CheckpointOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CheckpointOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.CheckpointOptions & wire.CheckpointOptions.$Shape} CheckpointOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.CheckpointOptions & wire.CheckpointOptions.$Shape;
    }

    namespace CheckpointOptions {

        /** Properties of a CheckpointOptions. */
        interface $Properties {

            /** CheckpointOptions exit */
            exit?: (boolean|null);

            /** CheckpointOptions open_tcp */
            open_tcp?: (boolean|null);

            /** CheckpointOptions external_unix_sockets */
            external_unix_sockets?: (boolean|null);

            /** CheckpointOptions terminal */
            terminal?: (boolean|null);

            /** CheckpointOptions file_locks */
            file_locks?: (boolean|null);

            /** CheckpointOptions empty_namespaces */
            empty_namespaces?: (string[]|null);

            /** CheckpointOptions cgroups_mode */
            cgroups_mode?: (string|null);

            /** CheckpointOptions image_path */
            image_path?: (string|null);

            /** CheckpointOptions work_path */
            work_path?: (string|null);

            /** CheckpointOptions parent_path */
            parent_path?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CheckpointOptions. */
        type $Shape = wire.CheckpointOptions.$Properties;
    }

    /**
     * Properties of a LinuxCheckpointOptions.
     * @deprecated Use wire.LinuxCheckpointOptions.$Properties instead.
     */
    interface ILinuxCheckpointOptions extends wire.LinuxCheckpointOptions.$Properties {
    }

    /** Represents a LinuxCheckpointOptions. */
    class LinuxCheckpointOptions {

        /**
         * Constructs a new LinuxCheckpointOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.LinuxCheckpointOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LinuxCheckpointOptions exit. */
        exit: boolean;

        /** LinuxCheckpointOptions open_tcp. */
        open_tcp: boolean;

        /** LinuxCheckpointOptions external_unix_sockets. */
        external_unix_sockets: boolean;

        /** LinuxCheckpointOptions terminal. */
        terminal: boolean;

        /** LinuxCheckpointOptions file_locks. */
        file_locks: boolean;

        /** LinuxCheckpointOptions empty_namespaces. */
        empty_namespaces: string[];

        /** LinuxCheckpointOptions cgroups_mode. */
        cgroups_mode: string;

        /** LinuxCheckpointOptions work_path. */
        work_path: string;

        /** LinuxCheckpointOptions image_path. */
        image_path: string;

        /**
         * Creates a new LinuxCheckpointOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LinuxCheckpointOptions instance
         */
        static create(properties: wire.LinuxCheckpointOptions.$Shape): wire.LinuxCheckpointOptions & wire.LinuxCheckpointOptions.$Shape;
        static create(properties?: wire.LinuxCheckpointOptions.$Properties): wire.LinuxCheckpointOptions;

        /**
         * Encodes the specified LinuxCheckpointOptions message. Does not implicitly {@link wire.LinuxCheckpointOptions.verify|verify} messages.
         * @param message LinuxCheckpointOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.LinuxCheckpointOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LinuxCheckpointOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.LinuxCheckpointOptions & wire.LinuxCheckpointOptions.$Shape} LinuxCheckpointOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.LinuxCheckpointOptions & wire.LinuxCheckpointOptions.$Shape;
    }

    namespace LinuxCheckpointOptions {

        /** Properties of a LinuxCheckpointOptions. */
        interface $Properties {

            /** LinuxCheckpointOptions exit */
            exit?: (boolean|null);

            /** LinuxCheckpointOptions open_tcp */
            open_tcp?: (boolean|null);

            /** LinuxCheckpointOptions external_unix_sockets */
            external_unix_sockets?: (boolean|null);

            /** LinuxCheckpointOptions terminal */
            terminal?: (boolean|null);

            /** LinuxCheckpointOptions file_locks */
            file_locks?: (boolean|null);

            /** LinuxCheckpointOptions empty_namespaces */
            empty_namespaces?: (string[]|null);

            /** LinuxCheckpointOptions cgroups_mode */
            cgroups_mode?: (string|null);

            /** LinuxCheckpointOptions work_path */
            work_path?: (string|null);

            /** LinuxCheckpointOptions image_path */
            image_path?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LinuxCheckpointOptions. */
        type $Shape = wire.LinuxCheckpointOptions.$Properties;
    }

    /**
     * Properties of a RuntimeTypeOptions.
     * @deprecated Use wire.RuntimeTypeOptions.$Properties instead.
     */
    interface IRuntimeTypeOptions extends wire.RuntimeTypeOptions.$Properties {
    }

    /** Represents a RuntimeTypeOptions. */
    class RuntimeTypeOptions {

        /**
         * Constructs a new RuntimeTypeOptions.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.RuntimeTypeOptions.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RuntimeTypeOptions type_url. */
        type_url: string;

        /** RuntimeTypeOptions config_path. */
        config_path: string;

        /** RuntimeTypeOptions config_body. */
        config_body: Uint8Array;

        /**
         * Creates a new RuntimeTypeOptions instance using the specified properties.
         * @param [properties] Properties to set
         * @returns RuntimeTypeOptions instance
         */
        static create(properties: wire.RuntimeTypeOptions.$Shape): wire.RuntimeTypeOptions & wire.RuntimeTypeOptions.$Shape;
        static create(properties?: wire.RuntimeTypeOptions.$Properties): wire.RuntimeTypeOptions;

        /**
         * Encodes the specified RuntimeTypeOptions message. Does not implicitly {@link wire.RuntimeTypeOptions.verify|verify} messages.
         * @param message RuntimeTypeOptions message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.RuntimeTypeOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a RuntimeTypeOptions message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.RuntimeTypeOptions & wire.RuntimeTypeOptions.$Shape} RuntimeTypeOptions
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.RuntimeTypeOptions & wire.RuntimeTypeOptions.$Shape;
    }

    namespace RuntimeTypeOptions {

        /** Properties of a RuntimeTypeOptions. */
        interface $Properties {

            /** RuntimeTypeOptions type_url */
            type_url?: (string|null);

            /** RuntimeTypeOptions config_path */
            config_path?: (string|null);

            /** RuntimeTypeOptions config_body */
            config_body?: (Uint8Array|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RuntimeTypeOptions. */
        type $Shape = wire.RuntimeTypeOptions.$Properties;
    }

    /**
     * Properties of a ProcessDetails.
     * @deprecated Use wire.ProcessDetails.$Properties instead.
     */
    interface IProcessDetails extends wire.ProcessDetails.$Properties {
    }

    /** Represents a ProcessDetails. */
    class ProcessDetails {

        /**
         * Constructs a new ProcessDetails.
         * @param [properties] Properties to set
         */
        constructor(properties?: wire.ProcessDetails.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** ProcessDetails exec_id. */
        exec_id: string;

        /**
         * Creates a new ProcessDetails instance using the specified properties.
         * @param [properties] Properties to set
         * @returns ProcessDetails instance
         */
        static create(properties: wire.ProcessDetails.$Shape): wire.ProcessDetails & wire.ProcessDetails.$Shape;
        static create(properties?: wire.ProcessDetails.$Properties): wire.ProcessDetails;

        /**
         * Encodes the specified ProcessDetails message. Does not implicitly {@link wire.ProcessDetails.verify|verify} messages.
         * @param message ProcessDetails message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: wire.ProcessDetails.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a ProcessDetails message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {wire.ProcessDetails & wire.ProcessDetails.$Shape} ProcessDetails
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): wire.ProcessDetails & wire.ProcessDetails.$Shape;
    }

    namespace ProcessDetails {

        /** Properties of a ProcessDetails. */
        interface $Properties {

            /** ProcessDetails exec_id */
            exec_id?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a ProcessDetails. */
        type $Shape = wire.ProcessDetails.$Properties;
    }
}
