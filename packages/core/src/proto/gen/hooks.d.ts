import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace dunnage. */
export namespace dunnage {

    /** Namespace hooks. */
    namespace hooks {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of a ConfigureRequest.
             * @deprecated Use dunnage.hooks.v1.ConfigureRequest.$Properties instead.
             */
            interface IConfigureRequest extends dunnage.hooks.v1.ConfigureRequest.$Properties {
            }

            /** Represents a ConfigureRequest. */
            class ConfigureRequest {

                /**
                 * Constructs a new ConfigureRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.ConfigureRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ConfigureRequest api_version. */
                api_version: number;

                /** ConfigureRequest plugin. */
                plugin: string;

                /** ConfigureRequest config_json. */
                config_json: Uint8Array;

                /**
                 * Creates a new ConfigureRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ConfigureRequest instance
                 */
                static create(properties: dunnage.hooks.v1.ConfigureRequest.$Shape): dunnage.hooks.v1.ConfigureRequest & dunnage.hooks.v1.ConfigureRequest.$Shape;
                static create(properties?: dunnage.hooks.v1.ConfigureRequest.$Properties): dunnage.hooks.v1.ConfigureRequest;

                /**
                 * Encodes the specified ConfigureRequest message. Does not implicitly {@link dunnage.hooks.v1.ConfigureRequest.verify|verify} messages.
                 * @param message ConfigureRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.ConfigureRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ConfigureRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.ConfigureRequest & dunnage.hooks.v1.ConfigureRequest.$Shape} ConfigureRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.ConfigureRequest & dunnage.hooks.v1.ConfigureRequest.$Shape;
            }

            namespace ConfigureRequest {

                /** Properties of a ConfigureRequest. */
                interface $Properties {

                    /** ConfigureRequest api_version */
                    api_version?: (number|null);

                    /** ConfigureRequest plugin */
                    plugin?: (string|null);

                    /** ConfigureRequest config_json */
                    config_json?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ConfigureRequest. */
                type $Shape = dunnage.hooks.v1.ConfigureRequest.$Properties;
            }

            /**
             * Properties of a ConfigureResponse.
             * @deprecated Use dunnage.hooks.v1.ConfigureResponse.$Properties instead.
             */
            interface IConfigureResponse extends dunnage.hooks.v1.ConfigureResponse.$Properties {
            }

            /** Represents a ConfigureResponse. */
            class ConfigureResponse {

                /**
                 * Constructs a new ConfigureResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.ConfigureResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ConfigureResponse name. */
                name: string;

                /** ConfigureResponse hooks. */
                hooks: dunnage.hooks.v1.Subscription.$Properties[];

                /** ConfigureResponse files. */
                files: string[];

                /**
                 * Creates a new ConfigureResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns ConfigureResponse instance
                 */
                static create(properties: dunnage.hooks.v1.ConfigureResponse.$Shape): dunnage.hooks.v1.ConfigureResponse & dunnage.hooks.v1.ConfigureResponse.$Shape;
                static create(properties?: dunnage.hooks.v1.ConfigureResponse.$Properties): dunnage.hooks.v1.ConfigureResponse;

                /**
                 * Encodes the specified ConfigureResponse message. Does not implicitly {@link dunnage.hooks.v1.ConfigureResponse.verify|verify} messages.
                 * @param message ConfigureResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.ConfigureResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ConfigureResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.ConfigureResponse & dunnage.hooks.v1.ConfigureResponse.$Shape} ConfigureResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.ConfigureResponse & dunnage.hooks.v1.ConfigureResponse.$Shape;
            }

            namespace ConfigureResponse {

                /** Properties of a ConfigureResponse. */
                interface $Properties {

                    /** ConfigureResponse name */
                    name?: (string|null);

                    /** ConfigureResponse hooks */
                    hooks?: (dunnage.hooks.v1.Subscription.$Properties[]|null);

                    /** ConfigureResponse files */
                    files?: (string[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a ConfigureResponse. */
                type $Shape = dunnage.hooks.v1.ConfigureResponse.$Properties;
            }

            /**
             * Properties of a Subscription.
             * @deprecated Use dunnage.hooks.v1.Subscription.$Properties instead.
             */
            interface ISubscription extends dunnage.hooks.v1.Subscription.$Properties {
            }

            /** Represents a Subscription. */
            class Subscription {

                /**
                 * Constructs a new Subscription.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.Subscription.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Subscription stage. */
                stage: string;

                /** Subscription phase. */
                phase: string;

                /** Subscription order. */
                order: string;

                /** Subscription timeout_ms. */
                timeout_ms: number;

                /** Subscription on_error. */
                on_error: string;

                /** Subscription match. */
                match?: (dunnage.hooks.v1.Match.$Properties|null);

                /**
                 * Creates a new Subscription instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Subscription instance
                 */
                static create(properties: dunnage.hooks.v1.Subscription.$Shape): dunnage.hooks.v1.Subscription & dunnage.hooks.v1.Subscription.$Shape;
                static create(properties?: dunnage.hooks.v1.Subscription.$Properties): dunnage.hooks.v1.Subscription;

                /**
                 * Encodes the specified Subscription message. Does not implicitly {@link dunnage.hooks.v1.Subscription.verify|verify} messages.
                 * @param message Subscription message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.Subscription.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Subscription message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.Subscription & dunnage.hooks.v1.Subscription.$Shape} Subscription
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.Subscription & dunnage.hooks.v1.Subscription.$Shape;
            }

            namespace Subscription {

                /** Properties of a Subscription. */
                interface $Properties {

                    /** Subscription stage */
                    stage?: (string|null);

                    /** Subscription phase */
                    phase?: (string|null);

                    /** Subscription order */
                    order?: (string|null);

                    /** Subscription timeout_ms */
                    timeout_ms?: (number|null);

                    /** Subscription on_error */
                    on_error?: (string|null);

                    /** Subscription match */
                    match?: (dunnage.hooks.v1.Match.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Subscription. */
                type $Shape = dunnage.hooks.v1.Subscription.$Properties;
            }

            /**
             * Properties of a Match.
             * @deprecated Use dunnage.hooks.v1.Match.$Properties instead.
             */
            interface IMatch extends dunnage.hooks.v1.Match.$Properties {
            }

            /** Represents a Match. */
            class Match {

                /**
                 * Constructs a new Match.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.Match.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Match namespaces. */
                namespaces: string[];

                /** Match kinds. */
                kinds: string[];

                /** Match runtimes. */
                runtimes: string[];

                /** Match annotations. */
                annotations: { [k: string]: string };

                /**
                 * Creates a new Match instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Match instance
                 */
                static create(properties: dunnage.hooks.v1.Match.$Shape): dunnage.hooks.v1.Match & dunnage.hooks.v1.Match.$Shape;
                static create(properties?: dunnage.hooks.v1.Match.$Properties): dunnage.hooks.v1.Match;

                /**
                 * Encodes the specified Match message. Does not implicitly {@link dunnage.hooks.v1.Match.verify|verify} messages.
                 * @param message Match message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.Match.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Match message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.Match & dunnage.hooks.v1.Match.$Shape} Match
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.Match & dunnage.hooks.v1.Match.$Shape;
            }

            namespace Match {

                /** Properties of a Match. */
                interface $Properties {

                    /** Match namespaces */
                    namespaces?: (string[]|null);

                    /** Match kinds */
                    kinds?: (string[]|null);

                    /** Match runtimes */
                    runtimes?: (string[]|null);

                    /** Match annotations */
                    annotations?: ({ [k: string]: string }|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Match. */
                type $Shape = dunnage.hooks.v1.Match.$Properties;
            }

            /**
             * Properties of a HandleRequest.
             * @deprecated Use dunnage.hooks.v1.HandleRequest.$Properties instead.
             */
            interface IHandleRequest extends dunnage.hooks.v1.HandleRequest.$Properties {
            }

            /** Represents a HandleRequest. */
            class HandleRequest {

                /**
                 * Constructs a new HandleRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.HandleRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HandleRequest call. */
                call: number;

                /** HandleRequest hook. */
                hook: number;

                /** HandleRequest stage. */
                stage: string;

                /** HandleRequest phase. */
                phase: string;

                /** HandleRequest event_id. */
                event_id: string;

                /** HandleRequest replay. */
                replay: boolean;

                /** HandleRequest timeout_ms. */
                timeout_ms: number;

                /** HandleRequest event_json. */
                event_json: Uint8Array;

                /**
                 * Creates a new HandleRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HandleRequest instance
                 */
                static create(properties: dunnage.hooks.v1.HandleRequest.$Shape): dunnage.hooks.v1.HandleRequest & dunnage.hooks.v1.HandleRequest.$Shape;
                static create(properties?: dunnage.hooks.v1.HandleRequest.$Properties): dunnage.hooks.v1.HandleRequest;

                /**
                 * Encodes the specified HandleRequest message. Does not implicitly {@link dunnage.hooks.v1.HandleRequest.verify|verify} messages.
                 * @param message HandleRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.HandleRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HandleRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.HandleRequest & dunnage.hooks.v1.HandleRequest.$Shape} HandleRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.HandleRequest & dunnage.hooks.v1.HandleRequest.$Shape;
            }

            namespace HandleRequest {

                /** Properties of a HandleRequest. */
                interface $Properties {

                    /** HandleRequest call */
                    call?: (number|null);

                    /** HandleRequest hook */
                    hook?: (number|null);

                    /** HandleRequest stage */
                    stage?: (string|null);

                    /** HandleRequest phase */
                    phase?: (string|null);

                    /** HandleRequest event_id */
                    event_id?: (string|null);

                    /** HandleRequest replay */
                    replay?: (boolean|null);

                    /** HandleRequest timeout_ms */
                    timeout_ms?: (number|null);

                    /** HandleRequest event_json */
                    event_json?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HandleRequest. */
                type $Shape = dunnage.hooks.v1.HandleRequest.$Properties;
            }

            /**
             * Properties of a HandleResponse.
             * @deprecated Use dunnage.hooks.v1.HandleResponse.$Properties instead.
             */
            interface IHandleResponse extends dunnage.hooks.v1.HandleResponse.$Properties {
            }

            /** Represents a HandleResponse. */
            class HandleResponse {

                /**
                 * Constructs a new HandleResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.HandleResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** HandleResponse deny. */
                deny?: (dunnage.hooks.v1.Denial.$Properties|null);

                /** HandleResponse adjustments. */
                adjustments: dunnage.hooks.v1.Adjustment.$Properties[];

                /** HandleResponse warnings. */
                warnings: string[];

                /** HandleResponse log. */
                log: dunnage.hooks.v1.LogLine.$Properties[];

                /** HandleResponse annotations. */
                annotations: { [k: string]: string };

                /**
                 * Creates a new HandleResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns HandleResponse instance
                 */
                static create(properties: dunnage.hooks.v1.HandleResponse.$Shape): dunnage.hooks.v1.HandleResponse & dunnage.hooks.v1.HandleResponse.$Shape;
                static create(properties?: dunnage.hooks.v1.HandleResponse.$Properties): dunnage.hooks.v1.HandleResponse;

                /**
                 * Encodes the specified HandleResponse message. Does not implicitly {@link dunnage.hooks.v1.HandleResponse.verify|verify} messages.
                 * @param message HandleResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.HandleResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HandleResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.HandleResponse & dunnage.hooks.v1.HandleResponse.$Shape} HandleResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.HandleResponse & dunnage.hooks.v1.HandleResponse.$Shape;
            }

            namespace HandleResponse {

                /** Properties of a HandleResponse. */
                interface $Properties {

                    /** HandleResponse deny */
                    deny?: (dunnage.hooks.v1.Denial.$Properties|null);

                    /** HandleResponse adjustments */
                    adjustments?: (dunnage.hooks.v1.Adjustment.$Properties[]|null);

                    /** HandleResponse warnings */
                    warnings?: (string[]|null);

                    /** HandleResponse log */
                    log?: (dunnage.hooks.v1.LogLine.$Properties[]|null);

                    /** HandleResponse annotations */
                    annotations?: ({ [k: string]: string }|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a HandleResponse. */
                type $Shape = dunnage.hooks.v1.HandleResponse.$Properties;
            }

            /**
             * Properties of a Denial.
             * @deprecated Use dunnage.hooks.v1.Denial.$Properties instead.
             */
            interface IDenial extends dunnage.hooks.v1.Denial.$Properties {
            }

            /** Represents a Denial. */
            class Denial {

                /**
                 * Constructs a new Denial.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.Denial.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Denial reason. */
                reason: string;

                /** Denial code. */
                code: string;

                /** Denial rule. */
                rule: string;

                /**
                 * Creates a new Denial instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Denial instance
                 */
                static create(properties: dunnage.hooks.v1.Denial.$Shape): dunnage.hooks.v1.Denial & dunnage.hooks.v1.Denial.$Shape;
                static create(properties?: dunnage.hooks.v1.Denial.$Properties): dunnage.hooks.v1.Denial;

                /**
                 * Encodes the specified Denial message. Does not implicitly {@link dunnage.hooks.v1.Denial.verify|verify} messages.
                 * @param message Denial message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.Denial.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Denial message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.Denial & dunnage.hooks.v1.Denial.$Shape} Denial
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.Denial & dunnage.hooks.v1.Denial.$Shape;
            }

            namespace Denial {

                /** Properties of a Denial. */
                interface $Properties {

                    /** Denial reason */
                    reason?: (string|null);

                    /** Denial code */
                    code?: (string|null);

                    /** Denial rule */
                    rule?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Denial. */
                type $Shape = dunnage.hooks.v1.Denial.$Properties;
            }

            /**
             * Properties of an Adjustment.
             * @deprecated Use dunnage.hooks.v1.Adjustment.$Properties instead.
             */
            interface IAdjustment extends dunnage.hooks.v1.Adjustment.$Properties {
            }

            /** Represents an Adjustment. */
            class Adjustment {

                /**
                 * Constructs a new Adjustment.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.Adjustment.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Adjustment op. */
                op: string;

                /** Adjustment path. */
                path: string;

                /** Adjustment value_json. */
                value_json: Uint8Array;

                /**
                 * Creates a new Adjustment instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns Adjustment instance
                 */
                static create(properties: dunnage.hooks.v1.Adjustment.$Shape): dunnage.hooks.v1.Adjustment & dunnage.hooks.v1.Adjustment.$Shape;
                static create(properties?: dunnage.hooks.v1.Adjustment.$Properties): dunnage.hooks.v1.Adjustment;

                /**
                 * Encodes the specified Adjustment message. Does not implicitly {@link dunnage.hooks.v1.Adjustment.verify|verify} messages.
                 * @param message Adjustment message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.Adjustment.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Adjustment message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.Adjustment & dunnage.hooks.v1.Adjustment.$Shape} Adjustment
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.Adjustment & dunnage.hooks.v1.Adjustment.$Shape;
            }

            namespace Adjustment {

                /** Properties of an Adjustment. */
                interface $Properties {

                    /** Adjustment op */
                    op?: (string|null);

                    /** Adjustment path */
                    path?: (string|null);

                    /** Adjustment value_json */
                    value_json?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Adjustment. */
                type $Shape = dunnage.hooks.v1.Adjustment.$Properties;
            }

            /**
             * Properties of a LogLine.
             * @deprecated Use dunnage.hooks.v1.LogLine.$Properties instead.
             */
            interface ILogLine extends dunnage.hooks.v1.LogLine.$Properties {
            }

            /** Represents a LogLine. */
            class LogLine {

                /**
                 * Constructs a new LogLine.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.LogLine.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** LogLine level. */
                level: string;

                /** LogLine message. */
                message: string;

                /** LogLine fields_json. */
                fields_json: Uint8Array;

                /**
                 * Creates a new LogLine instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns LogLine instance
                 */
                static create(properties: dunnage.hooks.v1.LogLine.$Shape): dunnage.hooks.v1.LogLine & dunnage.hooks.v1.LogLine.$Shape;
                static create(properties?: dunnage.hooks.v1.LogLine.$Properties): dunnage.hooks.v1.LogLine;

                /**
                 * Encodes the specified LogLine message. Does not implicitly {@link dunnage.hooks.v1.LogLine.verify|verify} messages.
                 * @param message LogLine message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.LogLine.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a LogLine message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.LogLine & dunnage.hooks.v1.LogLine.$Shape} LogLine
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.LogLine & dunnage.hooks.v1.LogLine.$Shape;
            }

            namespace LogLine {

                /** Properties of a LogLine. */
                interface $Properties {

                    /** LogLine level */
                    level?: (string|null);

                    /** LogLine message */
                    message?: (string|null);

                    /** LogLine fields_json */
                    fields_json?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a LogLine. */
                type $Shape = dunnage.hooks.v1.LogLine.$Properties;
            }

            /**
             * Properties of a NotifyRequest.
             * @deprecated Use dunnage.hooks.v1.NotifyRequest.$Properties instead.
             */
            interface INotifyRequest extends dunnage.hooks.v1.NotifyRequest.$Properties {
            }

            /** Represents a NotifyRequest. */
            class NotifyRequest {

                /**
                 * Constructs a new NotifyRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.NotifyRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** NotifyRequest events. */
                events: dunnage.hooks.v1.HandleRequest.$Properties[];

                /**
                 * Creates a new NotifyRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns NotifyRequest instance
                 */
                static create(properties: dunnage.hooks.v1.NotifyRequest.$Shape): dunnage.hooks.v1.NotifyRequest & dunnage.hooks.v1.NotifyRequest.$Shape;
                static create(properties?: dunnage.hooks.v1.NotifyRequest.$Properties): dunnage.hooks.v1.NotifyRequest;

                /**
                 * Encodes the specified NotifyRequest message. Does not implicitly {@link dunnage.hooks.v1.NotifyRequest.verify|verify} messages.
                 * @param message NotifyRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.NotifyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a NotifyRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.NotifyRequest & dunnage.hooks.v1.NotifyRequest.$Shape} NotifyRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.NotifyRequest & dunnage.hooks.v1.NotifyRequest.$Shape;
            }

            namespace NotifyRequest {

                /** Properties of a NotifyRequest. */
                interface $Properties {

                    /** NotifyRequest events */
                    events?: (dunnage.hooks.v1.HandleRequest.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a NotifyRequest. */
                type $Shape = dunnage.hooks.v1.NotifyRequest.$Properties;
            }

            /**
             * Properties of a NotifyResponse.
             * @deprecated Use dunnage.hooks.v1.NotifyResponse.$Properties instead.
             */
            interface INotifyResponse extends dunnage.hooks.v1.NotifyResponse.$Properties {
            }

            /** Represents a NotifyResponse. */
            class NotifyResponse {

                /**
                 * Constructs a new NotifyResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.NotifyResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /**
                 * Creates a new NotifyResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns NotifyResponse instance
                 */
                static create(properties: dunnage.hooks.v1.NotifyResponse.$Shape): dunnage.hooks.v1.NotifyResponse & dunnage.hooks.v1.NotifyResponse.$Shape;
                static create(properties?: dunnage.hooks.v1.NotifyResponse.$Properties): dunnage.hooks.v1.NotifyResponse;

                /**
                 * Encodes the specified NotifyResponse message. Does not implicitly {@link dunnage.hooks.v1.NotifyResponse.verify|verify} messages.
                 * @param message NotifyResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.NotifyResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a NotifyResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.NotifyResponse & dunnage.hooks.v1.NotifyResponse.$Shape} NotifyResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.NotifyResponse & dunnage.hooks.v1.NotifyResponse.$Shape;
            }

            namespace NotifyResponse {

                /** Properties of a NotifyResponse. */
                interface $Properties {

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a NotifyResponse. */
                type $Shape = dunnage.hooks.v1.NotifyResponse.$Properties;
            }

            /**
             * Properties of a CancelRequest.
             * @deprecated Use dunnage.hooks.v1.CancelRequest.$Properties instead.
             */
            interface ICancelRequest extends dunnage.hooks.v1.CancelRequest.$Properties {
            }

            /** Represents a CancelRequest. */
            class CancelRequest {

                /**
                 * Constructs a new CancelRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.CancelRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** CancelRequest call. */
                call: number;

                /**
                 * Creates a new CancelRequest instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CancelRequest instance
                 */
                static create(properties: dunnage.hooks.v1.CancelRequest.$Shape): dunnage.hooks.v1.CancelRequest & dunnage.hooks.v1.CancelRequest.$Shape;
                static create(properties?: dunnage.hooks.v1.CancelRequest.$Properties): dunnage.hooks.v1.CancelRequest;

                /**
                 * Encodes the specified CancelRequest message. Does not implicitly {@link dunnage.hooks.v1.CancelRequest.verify|verify} messages.
                 * @param message CancelRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.CancelRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CancelRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.CancelRequest & dunnage.hooks.v1.CancelRequest.$Shape} CancelRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.CancelRequest & dunnage.hooks.v1.CancelRequest.$Shape;
            }

            namespace CancelRequest {

                /** Properties of a CancelRequest. */
                interface $Properties {

                    /** CancelRequest call */
                    call?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CancelRequest. */
                type $Shape = dunnage.hooks.v1.CancelRequest.$Properties;
            }

            /**
             * Properties of a CancelResponse.
             * @deprecated Use dunnage.hooks.v1.CancelResponse.$Properties instead.
             */
            interface ICancelResponse extends dunnage.hooks.v1.CancelResponse.$Properties {
            }

            /** Represents a CancelResponse. */
            class CancelResponse {

                /**
                 * Constructs a new CancelResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: dunnage.hooks.v1.CancelResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /**
                 * Creates a new CancelResponse instance using the specified properties.
                 * @param [properties] Properties to set
                 * @returns CancelResponse instance
                 */
                static create(properties: dunnage.hooks.v1.CancelResponse.$Shape): dunnage.hooks.v1.CancelResponse & dunnage.hooks.v1.CancelResponse.$Shape;
                static create(properties?: dunnage.hooks.v1.CancelResponse.$Properties): dunnage.hooks.v1.CancelResponse;

                /**
                 * Encodes the specified CancelResponse message. Does not implicitly {@link dunnage.hooks.v1.CancelResponse.verify|verify} messages.
                 * @param message CancelResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: dunnage.hooks.v1.CancelResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a CancelResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {dunnage.hooks.v1.CancelResponse & dunnage.hooks.v1.CancelResponse.$Shape} CancelResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): dunnage.hooks.v1.CancelResponse & dunnage.hooks.v1.CancelResponse.$Shape;
            }

            namespace CancelResponse {

                /** Properties of a CancelResponse. */
                interface $Properties {

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a CancelResponse. */
                type $Shape = dunnage.hooks.v1.CancelResponse.$Properties;
            }
        }
    }
}
