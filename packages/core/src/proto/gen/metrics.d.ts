import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace cgroups1. */
export namespace cgroups1 {

    /**
     * Properties of a Metrics.
     * @deprecated Use cgroups1.Metrics.$Properties instead.
     */
    interface IMetrics extends cgroups1.Metrics.$Properties {
    }

    /** Represents a Metrics. */
    class Metrics {

        /**
         * Constructs a new Metrics.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.Metrics.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Metrics hugetlb. */
        hugetlb: cgroups1.HugetlbStat.$Properties[];

        /** Metrics pids. */
        pids?: (cgroups1.PidsStat.$Properties|null);

        /** Metrics cpu. */
        cpu?: (cgroups1.CPUStat.$Properties|null);

        /** Metrics memory. */
        memory?: (cgroups1.MemoryStat.$Properties|null);

        /** Metrics blkio. */
        blkio?: (cgroups1.BlkIOStat.$Properties|null);

        /** Metrics rdma. */
        rdma?: (cgroups1.RdmaStat.$Properties|null);

        /** Metrics memory_oom_control. */
        memory_oom_control?: (cgroups1.MemoryOomControl.$Properties|null);

        /**
         * Encodes the specified Metrics message. Does not implicitly {@link cgroups1.Metrics.verify|verify} messages.
         * @param message Metrics message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.Metrics.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace Metrics {

        /** Properties of a Metrics. */
        interface $Properties {

            /** Metrics hugetlb */
            hugetlb?: (cgroups1.HugetlbStat.$Properties[]|null);

            /** Metrics pids */
            pids?: (cgroups1.PidsStat.$Properties|null);

            /** Metrics cpu */
            cpu?: (cgroups1.CPUStat.$Properties|null);

            /** Metrics memory */
            memory?: (cgroups1.MemoryStat.$Properties|null);

            /** Metrics blkio */
            blkio?: (cgroups1.BlkIOStat.$Properties|null);

            /** Metrics rdma */
            rdma?: (cgroups1.RdmaStat.$Properties|null);

            /** Metrics memory_oom_control */
            memory_oom_control?: (cgroups1.MemoryOomControl.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Metrics. */
        type $Shape = cgroups1.Metrics.$Properties;
    }

    /**
     * Properties of a HugetlbStat.
     * @deprecated Use cgroups1.HugetlbStat.$Properties instead.
     */
    interface IHugetlbStat extends cgroups1.HugetlbStat.$Properties {
    }

    /** Represents a HugetlbStat. */
    class HugetlbStat {

        /**
         * Constructs a new HugetlbStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.HugetlbStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HugetlbStat usage. */
        usage: (number|Long);

        /** HugetlbStat max. */
        max: (number|Long);

        /** HugetlbStat failcnt. */
        failcnt: (number|Long);

        /** HugetlbStat pagesize. */
        pagesize: string;

        /**
         * Encodes the specified HugetlbStat message. Does not implicitly {@link cgroups1.HugetlbStat.verify|verify} messages.
         * @param message HugetlbStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.HugetlbStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace HugetlbStat {

        /** Properties of a HugetlbStat. */
        interface $Properties {

            /** HugetlbStat usage */
            usage?: (number|Long|null);

            /** HugetlbStat max */
            max?: (number|Long|null);

            /** HugetlbStat failcnt */
            failcnt?: (number|Long|null);

            /** HugetlbStat pagesize */
            pagesize?: (string|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HugetlbStat. */
        type $Shape = cgroups1.HugetlbStat.$Properties;
    }

    /**
     * Properties of a PidsStat.
     * @deprecated Use cgroups1.PidsStat.$Properties instead.
     */
    interface IPidsStat extends cgroups1.PidsStat.$Properties {
    }

    /** Represents a PidsStat. */
    class PidsStat {

        /**
         * Constructs a new PidsStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.PidsStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PidsStat current. */
        current: (number|Long);

        /** PidsStat limit. */
        limit: (number|Long);

        /**
         * Encodes the specified PidsStat message. Does not implicitly {@link cgroups1.PidsStat.verify|verify} messages.
         * @param message PidsStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.PidsStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace PidsStat {

        /** Properties of a PidsStat. */
        interface $Properties {

            /** PidsStat current */
            current?: (number|Long|null);

            /** PidsStat limit */
            limit?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PidsStat. */
        type $Shape = cgroups1.PidsStat.$Properties;
    }

    /**
     * Properties of a CPUStat.
     * @deprecated Use cgroups1.CPUStat.$Properties instead.
     */
    interface ICPUStat extends cgroups1.CPUStat.$Properties {
    }

    /** Represents a CPUStat. */
    class CPUStat {

        /**
         * Constructs a new CPUStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.CPUStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CPUStat usage. */
        usage?: (cgroups1.CPUUsage.$Properties|null);

        /** CPUStat throttling. */
        throttling?: (cgroups1.Throttle.$Properties|null);

        /**
         * Encodes the specified CPUStat message. Does not implicitly {@link cgroups1.CPUStat.verify|verify} messages.
         * @param message CPUStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.CPUStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace CPUStat {

        /** Properties of a CPUStat. */
        interface $Properties {

            /** CPUStat usage */
            usage?: (cgroups1.CPUUsage.$Properties|null);

            /** CPUStat throttling */
            throttling?: (cgroups1.Throttle.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CPUStat. */
        type $Shape = cgroups1.CPUStat.$Properties;
    }

    /**
     * Properties of a CPUUsage.
     * @deprecated Use cgroups1.CPUUsage.$Properties instead.
     */
    interface ICPUUsage extends cgroups1.CPUUsage.$Properties {
    }

    /** Represents a CPUUsage. */
    class CPUUsage {

        /**
         * Constructs a new CPUUsage.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.CPUUsage.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CPUUsage total. */
        total: (number|Long);

        /** CPUUsage kernel. */
        kernel: (number|Long);

        /** CPUUsage user. */
        user: (number|Long);

        /** CPUUsage per_cpu. */
        per_cpu: (number|Long)[];

        /**
         * Encodes the specified CPUUsage message. Does not implicitly {@link cgroups1.CPUUsage.verify|verify} messages.
         * @param message CPUUsage message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.CPUUsage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace CPUUsage {

        /** Properties of a CPUUsage. */
        interface $Properties {

            /** CPUUsage total */
            total?: (number|Long|null);

            /** CPUUsage kernel */
            kernel?: (number|Long|null);

            /** CPUUsage user */
            user?: (number|Long|null);

            /** CPUUsage per_cpu */
            per_cpu?: ((number|Long)[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CPUUsage. */
        type $Shape = cgroups1.CPUUsage.$Properties;
    }

    /**
     * Properties of a Throttle.
     * @deprecated Use cgroups1.Throttle.$Properties instead.
     */
    interface IThrottle extends cgroups1.Throttle.$Properties {
    }

    /** Represents a Throttle. */
    class Throttle {

        /**
         * Constructs a new Throttle.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.Throttle.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Throttle periods. */
        periods: (number|Long);

        /** Throttle throttled_periods. */
        throttled_periods: (number|Long);

        /** Throttle throttled_time. */
        throttled_time: (number|Long);

        /**
         * Encodes the specified Throttle message. Does not implicitly {@link cgroups1.Throttle.verify|verify} messages.
         * @param message Throttle message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.Throttle.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace Throttle {

        /** Properties of a Throttle. */
        interface $Properties {

            /** Throttle periods */
            periods?: (number|Long|null);

            /** Throttle throttled_periods */
            throttled_periods?: (number|Long|null);

            /** Throttle throttled_time */
            throttled_time?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Throttle. */
        type $Shape = cgroups1.Throttle.$Properties;
    }

    /**
     * Properties of a MemoryStat.
     * @deprecated Use cgroups1.MemoryStat.$Properties instead.
     */
    interface IMemoryStat extends cgroups1.MemoryStat.$Properties {
    }

    /** Represents a MemoryStat. */
    class MemoryStat {

        /**
         * Constructs a new MemoryStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.MemoryStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryStat cache. */
        cache: (number|Long);

        /** MemoryStat rss. */
        rss: (number|Long);

        /** MemoryStat rss_huge. */
        rss_huge: (number|Long);

        /** MemoryStat mapped_file. */
        mapped_file: (number|Long);

        /** MemoryStat dirty. */
        dirty: (number|Long);

        /** MemoryStat writeback. */
        writeback: (number|Long);

        /** MemoryStat pg_pg_in. */
        pg_pg_in: (number|Long);

        /** MemoryStat pg_pg_out. */
        pg_pg_out: (number|Long);

        /** MemoryStat pg_fault. */
        pg_fault: (number|Long);

        /** MemoryStat pg_maj_fault. */
        pg_maj_fault: (number|Long);

        /** MemoryStat inactive_anon. */
        inactive_anon: (number|Long);

        /** MemoryStat active_anon. */
        active_anon: (number|Long);

        /** MemoryStat inactive_file. */
        inactive_file: (number|Long);

        /** MemoryStat active_file. */
        active_file: (number|Long);

        /** MemoryStat unevictable. */
        unevictable: (number|Long);

        /** MemoryStat hierarchical_memory_limit. */
        hierarchical_memory_limit: (number|Long);

        /** MemoryStat hierarchical_swap_limit. */
        hierarchical_swap_limit: (number|Long);

        /** MemoryStat total_cache. */
        total_cache: (number|Long);

        /** MemoryStat total_rss. */
        total_rss: (number|Long);

        /** MemoryStat total_rss_huge. */
        total_rss_huge: (number|Long);

        /** MemoryStat total_mapped_file. */
        total_mapped_file: (number|Long);

        /** MemoryStat total_dirty. */
        total_dirty: (number|Long);

        /** MemoryStat total_writeback. */
        total_writeback: (number|Long);

        /** MemoryStat total_pg_pg_in. */
        total_pg_pg_in: (number|Long);

        /** MemoryStat total_pg_pg_out. */
        total_pg_pg_out: (number|Long);

        /** MemoryStat total_pg_fault. */
        total_pg_fault: (number|Long);

        /** MemoryStat total_pg_maj_fault. */
        total_pg_maj_fault: (number|Long);

        /** MemoryStat total_inactive_anon. */
        total_inactive_anon: (number|Long);

        /** MemoryStat total_active_anon. */
        total_active_anon: (number|Long);

        /** MemoryStat total_inactive_file. */
        total_inactive_file: (number|Long);

        /** MemoryStat total_active_file. */
        total_active_file: (number|Long);

        /** MemoryStat total_unevictable. */
        total_unevictable: (number|Long);

        /** MemoryStat usage. */
        usage?: (cgroups1.MemoryEntry.$Properties|null);

        /** MemoryStat swap. */
        swap?: (cgroups1.MemoryEntry.$Properties|null);

        /** MemoryStat kernel. */
        kernel?: (cgroups1.MemoryEntry.$Properties|null);

        /** MemoryStat kernel_tcp. */
        kernel_tcp?: (cgroups1.MemoryEntry.$Properties|null);

        /**
         * Encodes the specified MemoryStat message. Does not implicitly {@link cgroups1.MemoryStat.verify|verify} messages.
         * @param message MemoryStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.MemoryStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace MemoryStat {

        /** Properties of a MemoryStat. */
        interface $Properties {

            /** MemoryStat cache */
            cache?: (number|Long|null);

            /** MemoryStat rss */
            rss?: (number|Long|null);

            /** MemoryStat rss_huge */
            rss_huge?: (number|Long|null);

            /** MemoryStat mapped_file */
            mapped_file?: (number|Long|null);

            /** MemoryStat dirty */
            dirty?: (number|Long|null);

            /** MemoryStat writeback */
            writeback?: (number|Long|null);

            /** MemoryStat pg_pg_in */
            pg_pg_in?: (number|Long|null);

            /** MemoryStat pg_pg_out */
            pg_pg_out?: (number|Long|null);

            /** MemoryStat pg_fault */
            pg_fault?: (number|Long|null);

            /** MemoryStat pg_maj_fault */
            pg_maj_fault?: (number|Long|null);

            /** MemoryStat inactive_anon */
            inactive_anon?: (number|Long|null);

            /** MemoryStat active_anon */
            active_anon?: (number|Long|null);

            /** MemoryStat inactive_file */
            inactive_file?: (number|Long|null);

            /** MemoryStat active_file */
            active_file?: (number|Long|null);

            /** MemoryStat unevictable */
            unevictable?: (number|Long|null);

            /** MemoryStat hierarchical_memory_limit */
            hierarchical_memory_limit?: (number|Long|null);

            /** MemoryStat hierarchical_swap_limit */
            hierarchical_swap_limit?: (number|Long|null);

            /** MemoryStat total_cache */
            total_cache?: (number|Long|null);

            /** MemoryStat total_rss */
            total_rss?: (number|Long|null);

            /** MemoryStat total_rss_huge */
            total_rss_huge?: (number|Long|null);

            /** MemoryStat total_mapped_file */
            total_mapped_file?: (number|Long|null);

            /** MemoryStat total_dirty */
            total_dirty?: (number|Long|null);

            /** MemoryStat total_writeback */
            total_writeback?: (number|Long|null);

            /** MemoryStat total_pg_pg_in */
            total_pg_pg_in?: (number|Long|null);

            /** MemoryStat total_pg_pg_out */
            total_pg_pg_out?: (number|Long|null);

            /** MemoryStat total_pg_fault */
            total_pg_fault?: (number|Long|null);

            /** MemoryStat total_pg_maj_fault */
            total_pg_maj_fault?: (number|Long|null);

            /** MemoryStat total_inactive_anon */
            total_inactive_anon?: (number|Long|null);

            /** MemoryStat total_active_anon */
            total_active_anon?: (number|Long|null);

            /** MemoryStat total_inactive_file */
            total_inactive_file?: (number|Long|null);

            /** MemoryStat total_active_file */
            total_active_file?: (number|Long|null);

            /** MemoryStat total_unevictable */
            total_unevictable?: (number|Long|null);

            /** MemoryStat usage */
            usage?: (cgroups1.MemoryEntry.$Properties|null);

            /** MemoryStat swap */
            swap?: (cgroups1.MemoryEntry.$Properties|null);

            /** MemoryStat kernel */
            kernel?: (cgroups1.MemoryEntry.$Properties|null);

            /** MemoryStat kernel_tcp */
            kernel_tcp?: (cgroups1.MemoryEntry.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryStat. */
        type $Shape = cgroups1.MemoryStat.$Properties;
    }

    /**
     * Properties of a MemoryEntry.
     * @deprecated Use cgroups1.MemoryEntry.$Properties instead.
     */
    interface IMemoryEntry extends cgroups1.MemoryEntry.$Properties {
    }

    /** Represents a MemoryEntry. */
    class MemoryEntry {

        /**
         * Constructs a new MemoryEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.MemoryEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryEntry limit. */
        limit: (number|Long);

        /** MemoryEntry usage. */
        usage: (number|Long);

        /** MemoryEntry max. */
        max: (number|Long);

        /** MemoryEntry failcnt. */
        failcnt: (number|Long);

        /**
         * Encodes the specified MemoryEntry message. Does not implicitly {@link cgroups1.MemoryEntry.verify|verify} messages.
         * @param message MemoryEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.MemoryEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace MemoryEntry {

        /** Properties of a MemoryEntry. */
        interface $Properties {

            /** MemoryEntry limit */
            limit?: (number|Long|null);

            /** MemoryEntry usage */
            usage?: (number|Long|null);

            /** MemoryEntry max */
            max?: (number|Long|null);

            /** MemoryEntry failcnt */
            failcnt?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryEntry. */
        type $Shape = cgroups1.MemoryEntry.$Properties;
    }

    /**
     * Properties of a MemoryOomControl.
     * @deprecated Use cgroups1.MemoryOomControl.$Properties instead.
     */
    interface IMemoryOomControl extends cgroups1.MemoryOomControl.$Properties {
    }

    /** Represents a MemoryOomControl. */
    class MemoryOomControl {

        /**
         * Constructs a new MemoryOomControl.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.MemoryOomControl.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryOomControl oom_kill_disable. */
        oom_kill_disable: (number|Long);

        /** MemoryOomControl under_oom. */
        under_oom: (number|Long);

        /** MemoryOomControl oom_kill. */
        oom_kill: (number|Long);

        /**
         * Encodes the specified MemoryOomControl message. Does not implicitly {@link cgroups1.MemoryOomControl.verify|verify} messages.
         * @param message MemoryOomControl message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.MemoryOomControl.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace MemoryOomControl {

        /** Properties of a MemoryOomControl. */
        interface $Properties {

            /** MemoryOomControl oom_kill_disable */
            oom_kill_disable?: (number|Long|null);

            /** MemoryOomControl under_oom */
            under_oom?: (number|Long|null);

            /** MemoryOomControl oom_kill */
            oom_kill?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryOomControl. */
        type $Shape = cgroups1.MemoryOomControl.$Properties;
    }

    /**
     * Properties of a BlkIOStat.
     * @deprecated Use cgroups1.BlkIOStat.$Properties instead.
     */
    interface IBlkIOStat extends cgroups1.BlkIOStat.$Properties {
    }

    /** Represents a BlkIOStat. */
    class BlkIOStat {

        /**
         * Constructs a new BlkIOStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.BlkIOStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BlkIOStat io_service_bytes_recursive. */
        io_service_bytes_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_serviced_recursive. */
        io_serviced_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_queued_recursive. */
        io_queued_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_service_time_recursive. */
        io_service_time_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_wait_time_recursive. */
        io_wait_time_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_merged_recursive. */
        io_merged_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat io_time_recursive. */
        io_time_recursive: cgroups1.BlkIOEntry.$Properties[];

        /** BlkIOStat sectors_recursive. */
        sectors_recursive: cgroups1.BlkIOEntry.$Properties[];

        /**
         * Encodes the specified BlkIOStat message. Does not implicitly {@link cgroups1.BlkIOStat.verify|verify} messages.
         * @param message BlkIOStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.BlkIOStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace BlkIOStat {

        /** Properties of a BlkIOStat. */
        interface $Properties {

            /** BlkIOStat io_service_bytes_recursive */
            io_service_bytes_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_serviced_recursive */
            io_serviced_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_queued_recursive */
            io_queued_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_service_time_recursive */
            io_service_time_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_wait_time_recursive */
            io_wait_time_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_merged_recursive */
            io_merged_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat io_time_recursive */
            io_time_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** BlkIOStat sectors_recursive */
            sectors_recursive?: (cgroups1.BlkIOEntry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BlkIOStat. */
        type $Shape = cgroups1.BlkIOStat.$Properties;
    }

    /**
     * Properties of a BlkIOEntry.
     * @deprecated Use cgroups1.BlkIOEntry.$Properties instead.
     */
    interface IBlkIOEntry extends cgroups1.BlkIOEntry.$Properties {
    }

    /** Represents a BlkIOEntry. */
    class BlkIOEntry {

        /**
         * Constructs a new BlkIOEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.BlkIOEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** BlkIOEntry op. */
        op: string;

        /** BlkIOEntry device. */
        device: string;

        /** BlkIOEntry major. */
        major: (number|Long);

        /** BlkIOEntry minor. */
        minor: (number|Long);

        /** BlkIOEntry value. */
        value: (number|Long);

        /**
         * Encodes the specified BlkIOEntry message. Does not implicitly {@link cgroups1.BlkIOEntry.verify|verify} messages.
         * @param message BlkIOEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.BlkIOEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace BlkIOEntry {

        /** Properties of a BlkIOEntry. */
        interface $Properties {

            /** BlkIOEntry op */
            op?: (string|null);

            /** BlkIOEntry device */
            device?: (string|null);

            /** BlkIOEntry major */
            major?: (number|Long|null);

            /** BlkIOEntry minor */
            minor?: (number|Long|null);

            /** BlkIOEntry value */
            value?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a BlkIOEntry. */
        type $Shape = cgroups1.BlkIOEntry.$Properties;
    }

    /**
     * Properties of a RdmaStat.
     * @deprecated Use cgroups1.RdmaStat.$Properties instead.
     */
    interface IRdmaStat extends cgroups1.RdmaStat.$Properties {
    }

    /** Represents a RdmaStat. */
    class RdmaStat {

        /**
         * Constructs a new RdmaStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.RdmaStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RdmaStat current. */
        current: cgroups1.RdmaEntry.$Properties[];

        /** RdmaStat limit. */
        limit: cgroups1.RdmaEntry.$Properties[];

        /**
         * Encodes the specified RdmaStat message. Does not implicitly {@link cgroups1.RdmaStat.verify|verify} messages.
         * @param message RdmaStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.RdmaStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace RdmaStat {

        /** Properties of a RdmaStat. */
        interface $Properties {

            /** RdmaStat current */
            current?: (cgroups1.RdmaEntry.$Properties[]|null);

            /** RdmaStat limit */
            limit?: (cgroups1.RdmaEntry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RdmaStat. */
        type $Shape = cgroups1.RdmaStat.$Properties;
    }

    /**
     * Properties of a RdmaEntry.
     * @deprecated Use cgroups1.RdmaEntry.$Properties instead.
     */
    interface IRdmaEntry extends cgroups1.RdmaEntry.$Properties {
    }

    /** Represents a RdmaEntry. */
    class RdmaEntry {

        /**
         * Constructs a new RdmaEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups1.RdmaEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RdmaEntry device. */
        device: string;

        /** RdmaEntry hca_handles. */
        hca_handles: number;

        /** RdmaEntry hca_objects. */
        hca_objects: number;

        /**
         * Encodes the specified RdmaEntry message. Does not implicitly {@link cgroups1.RdmaEntry.verify|verify} messages.
         * @param message RdmaEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups1.RdmaEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace RdmaEntry {

        /** Properties of a RdmaEntry. */
        interface $Properties {

            /** RdmaEntry device */
            device?: (string|null);

            /** RdmaEntry hca_handles */
            hca_handles?: (number|null);

            /** RdmaEntry hca_objects */
            hca_objects?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RdmaEntry. */
        type $Shape = cgroups1.RdmaEntry.$Properties;
    }
}

/** Namespace cgroups2. */
export namespace cgroups2 {

    /**
     * Properties of a Metrics.
     * @deprecated Use cgroups2.Metrics.$Properties instead.
     */
    interface IMetrics extends cgroups2.Metrics.$Properties {
    }

    /** Represents a Metrics. */
    class Metrics {

        /**
         * Constructs a new Metrics.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.Metrics.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Metrics pids. */
        pids?: (cgroups2.PidsStat.$Properties|null);

        /** Metrics cpu. */
        cpu?: (cgroups2.CPUStat.$Properties|null);

        /** Metrics memory. */
        memory?: (cgroups2.MemoryStat.$Properties|null);

        /** Metrics rdma. */
        rdma?: (cgroups2.RdmaStat.$Properties|null);

        /** Metrics io. */
        io?: (cgroups2.IOStat.$Properties|null);

        /** Metrics hugetlb. */
        hugetlb: cgroups2.HugeTlbStat.$Properties[];

        /** Metrics memory_events. */
        memory_events?: (cgroups2.MemoryEvents.$Properties|null);

        /**
         * Encodes the specified Metrics message. Does not implicitly {@link cgroups2.Metrics.verify|verify} messages.
         * @param message Metrics message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.Metrics.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace Metrics {

        /** Properties of a Metrics. */
        interface $Properties {

            /** Metrics pids */
            pids?: (cgroups2.PidsStat.$Properties|null);

            /** Metrics cpu */
            cpu?: (cgroups2.CPUStat.$Properties|null);

            /** Metrics memory */
            memory?: (cgroups2.MemoryStat.$Properties|null);

            /** Metrics rdma */
            rdma?: (cgroups2.RdmaStat.$Properties|null);

            /** Metrics io */
            io?: (cgroups2.IOStat.$Properties|null);

            /** Metrics hugetlb */
            hugetlb?: (cgroups2.HugeTlbStat.$Properties[]|null);

            /** Metrics memory_events */
            memory_events?: (cgroups2.MemoryEvents.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Metrics. */
        type $Shape = cgroups2.Metrics.$Properties;
    }

    /**
     * Properties of a PSIData.
     * @deprecated Use cgroups2.PSIData.$Properties instead.
     */
    interface IPSIData extends cgroups2.PSIData.$Properties {
    }

    /** Represents a PSIData. */
    class PSIData {

        /**
         * Constructs a new PSIData.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.PSIData.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PSIData avg10. */
        avg10: number;

        /** PSIData avg60. */
        avg60: number;

        /** PSIData avg300. */
        avg300: number;

        /** PSIData total. */
        total: (number|Long);

        /**
         * Encodes the specified PSIData message. Does not implicitly {@link cgroups2.PSIData.verify|verify} messages.
         * @param message PSIData message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.PSIData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace PSIData {

        /** Properties of a PSIData. */
        interface $Properties {

            /** PSIData avg10 */
            avg10?: (number|null);

            /** PSIData avg60 */
            avg60?: (number|null);

            /** PSIData avg300 */
            avg300?: (number|null);

            /** PSIData total */
            total?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PSIData. */
        type $Shape = cgroups2.PSIData.$Properties;
    }

    /**
     * Properties of a PSIStats.
     * @deprecated Use cgroups2.PSIStats.$Properties instead.
     */
    interface IPSIStats extends cgroups2.PSIStats.$Properties {
    }

    /** Represents a PSIStats. */
    class PSIStats {

        /**
         * Constructs a new PSIStats.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.PSIStats.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PSIStats some. */
        some?: (cgroups2.PSIData.$Properties|null);

        /** PSIStats full. */
        full?: (cgroups2.PSIData.$Properties|null);

        /**
         * Encodes the specified PSIStats message. Does not implicitly {@link cgroups2.PSIStats.verify|verify} messages.
         * @param message PSIStats message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.PSIStats.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace PSIStats {

        /** Properties of a PSIStats. */
        interface $Properties {

            /** PSIStats some */
            some?: (cgroups2.PSIData.$Properties|null);

            /** PSIStats full */
            full?: (cgroups2.PSIData.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PSIStats. */
        type $Shape = cgroups2.PSIStats.$Properties;
    }

    /**
     * Properties of a PidsStat.
     * @deprecated Use cgroups2.PidsStat.$Properties instead.
     */
    interface IPidsStat extends cgroups2.PidsStat.$Properties {
    }

    /** Represents a PidsStat. */
    class PidsStat {

        /**
         * Constructs a new PidsStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.PidsStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PidsStat current. */
        current: (number|Long);

        /** PidsStat limit. */
        limit: (number|Long);

        /**
         * Encodes the specified PidsStat message. Does not implicitly {@link cgroups2.PidsStat.verify|verify} messages.
         * @param message PidsStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.PidsStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace PidsStat {

        /** Properties of a PidsStat. */
        interface $Properties {

            /** PidsStat current */
            current?: (number|Long|null);

            /** PidsStat limit */
            limit?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PidsStat. */
        type $Shape = cgroups2.PidsStat.$Properties;
    }

    /**
     * Properties of a CPUStat.
     * @deprecated Use cgroups2.CPUStat.$Properties instead.
     */
    interface ICPUStat extends cgroups2.CPUStat.$Properties {
    }

    /** Represents a CPUStat. */
    class CPUStat {

        /**
         * Constructs a new CPUStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.CPUStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CPUStat usage_usec. */
        usage_usec: (number|Long);

        /** CPUStat user_usec. */
        user_usec: (number|Long);

        /** CPUStat system_usec. */
        system_usec: (number|Long);

        /** CPUStat nr_periods. */
        nr_periods: (number|Long);

        /** CPUStat nr_throttled. */
        nr_throttled: (number|Long);

        /** CPUStat throttled_usec. */
        throttled_usec: (number|Long);

        /** CPUStat psi. */
        psi?: (cgroups2.PSIStats.$Properties|null);

        /** CPUStat nr_bursts. */
        nr_bursts: (number|Long);

        /** CPUStat burst_usec. */
        burst_usec: (number|Long);

        /**
         * Encodes the specified CPUStat message. Does not implicitly {@link cgroups2.CPUStat.verify|verify} messages.
         * @param message CPUStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.CPUStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace CPUStat {

        /** Properties of a CPUStat. */
        interface $Properties {

            /** CPUStat usage_usec */
            usage_usec?: (number|Long|null);

            /** CPUStat user_usec */
            user_usec?: (number|Long|null);

            /** CPUStat system_usec */
            system_usec?: (number|Long|null);

            /** CPUStat nr_periods */
            nr_periods?: (number|Long|null);

            /** CPUStat nr_throttled */
            nr_throttled?: (number|Long|null);

            /** CPUStat throttled_usec */
            throttled_usec?: (number|Long|null);

            /** CPUStat psi */
            psi?: (cgroups2.PSIStats.$Properties|null);

            /** CPUStat nr_bursts */
            nr_bursts?: (number|Long|null);

            /** CPUStat burst_usec */
            burst_usec?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CPUStat. */
        type $Shape = cgroups2.CPUStat.$Properties;
    }

    /**
     * Properties of a MemoryStat.
     * @deprecated Use cgroups2.MemoryStat.$Properties instead.
     */
    interface IMemoryStat extends cgroups2.MemoryStat.$Properties {
    }

    /** Represents a MemoryStat. */
    class MemoryStat {

        /**
         * Constructs a new MemoryStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.MemoryStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryStat anon. */
        anon: (number|Long);

        /** MemoryStat file. */
        file: (number|Long);

        /** MemoryStat kernel_stack. */
        kernel_stack: (number|Long);

        /** MemoryStat slab. */
        slab: (number|Long);

        /** MemoryStat sock. */
        sock: (number|Long);

        /** MemoryStat shmem. */
        shmem: (number|Long);

        /** MemoryStat file_mapped. */
        file_mapped: (number|Long);

        /** MemoryStat file_dirty. */
        file_dirty: (number|Long);

        /** MemoryStat file_writeback. */
        file_writeback: (number|Long);

        /** MemoryStat anon_thp. */
        anon_thp: (number|Long);

        /** MemoryStat inactive_anon. */
        inactive_anon: (number|Long);

        /** MemoryStat active_anon. */
        active_anon: (number|Long);

        /** MemoryStat inactive_file. */
        inactive_file: (number|Long);

        /** MemoryStat active_file. */
        active_file: (number|Long);

        /** MemoryStat unevictable. */
        unevictable: (number|Long);

        /** MemoryStat slab_reclaimable. */
        slab_reclaimable: (number|Long);

        /** MemoryStat slab_unreclaimable. */
        slab_unreclaimable: (number|Long);

        /** MemoryStat pgfault. */
        pgfault: (number|Long);

        /** MemoryStat pgmajfault. */
        pgmajfault: (number|Long);

        /** MemoryStat workingset_refault. */
        workingset_refault: (number|Long);

        /** MemoryStat workingset_activate. */
        workingset_activate: (number|Long);

        /** MemoryStat workingset_nodereclaim. */
        workingset_nodereclaim: (number|Long);

        /** MemoryStat pgrefill. */
        pgrefill: (number|Long);

        /** MemoryStat pgscan. */
        pgscan: (number|Long);

        /** MemoryStat pgsteal. */
        pgsteal: (number|Long);

        /** MemoryStat pgactivate. */
        pgactivate: (number|Long);

        /** MemoryStat pgdeactivate. */
        pgdeactivate: (number|Long);

        /** MemoryStat pglazyfree. */
        pglazyfree: (number|Long);

        /** MemoryStat pglazyfreed. */
        pglazyfreed: (number|Long);

        /** MemoryStat thp_fault_alloc. */
        thp_fault_alloc: (number|Long);

        /** MemoryStat thp_collapse_alloc. */
        thp_collapse_alloc: (number|Long);

        /** MemoryStat usage. */
        usage: (number|Long);

        /** MemoryStat usage_limit. */
        usage_limit: (number|Long);

        /** MemoryStat swap_usage. */
        swap_usage: (number|Long);

        /** MemoryStat swap_limit. */
        swap_limit: (number|Long);

        /** MemoryStat max_usage. */
        max_usage: (number|Long);

        /** MemoryStat swap_max_usage. */
        swap_max_usage: (number|Long);

        /** MemoryStat psi. */
        psi?: (cgroups2.PSIStats.$Properties|null);

        /**
         * Encodes the specified MemoryStat message. Does not implicitly {@link cgroups2.MemoryStat.verify|verify} messages.
         * @param message MemoryStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.MemoryStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace MemoryStat {

        /** Properties of a MemoryStat. */
        interface $Properties {

            /** MemoryStat anon */
            anon?: (number|Long|null);

            /** MemoryStat file */
            file?: (number|Long|null);

            /** MemoryStat kernel_stack */
            kernel_stack?: (number|Long|null);

            /** MemoryStat slab */
            slab?: (number|Long|null);

            /** MemoryStat sock */
            sock?: (number|Long|null);

            /** MemoryStat shmem */
            shmem?: (number|Long|null);

            /** MemoryStat file_mapped */
            file_mapped?: (number|Long|null);

            /** MemoryStat file_dirty */
            file_dirty?: (number|Long|null);

            /** MemoryStat file_writeback */
            file_writeback?: (number|Long|null);

            /** MemoryStat anon_thp */
            anon_thp?: (number|Long|null);

            /** MemoryStat inactive_anon */
            inactive_anon?: (number|Long|null);

            /** MemoryStat active_anon */
            active_anon?: (number|Long|null);

            /** MemoryStat inactive_file */
            inactive_file?: (number|Long|null);

            /** MemoryStat active_file */
            active_file?: (number|Long|null);

            /** MemoryStat unevictable */
            unevictable?: (number|Long|null);

            /** MemoryStat slab_reclaimable */
            slab_reclaimable?: (number|Long|null);

            /** MemoryStat slab_unreclaimable */
            slab_unreclaimable?: (number|Long|null);

            /** MemoryStat pgfault */
            pgfault?: (number|Long|null);

            /** MemoryStat pgmajfault */
            pgmajfault?: (number|Long|null);

            /** MemoryStat workingset_refault */
            workingset_refault?: (number|Long|null);

            /** MemoryStat workingset_activate */
            workingset_activate?: (number|Long|null);

            /** MemoryStat workingset_nodereclaim */
            workingset_nodereclaim?: (number|Long|null);

            /** MemoryStat pgrefill */
            pgrefill?: (number|Long|null);

            /** MemoryStat pgscan */
            pgscan?: (number|Long|null);

            /** MemoryStat pgsteal */
            pgsteal?: (number|Long|null);

            /** MemoryStat pgactivate */
            pgactivate?: (number|Long|null);

            /** MemoryStat pgdeactivate */
            pgdeactivate?: (number|Long|null);

            /** MemoryStat pglazyfree */
            pglazyfree?: (number|Long|null);

            /** MemoryStat pglazyfreed */
            pglazyfreed?: (number|Long|null);

            /** MemoryStat thp_fault_alloc */
            thp_fault_alloc?: (number|Long|null);

            /** MemoryStat thp_collapse_alloc */
            thp_collapse_alloc?: (number|Long|null);

            /** MemoryStat usage */
            usage?: (number|Long|null);

            /** MemoryStat usage_limit */
            usage_limit?: (number|Long|null);

            /** MemoryStat swap_usage */
            swap_usage?: (number|Long|null);

            /** MemoryStat swap_limit */
            swap_limit?: (number|Long|null);

            /** MemoryStat max_usage */
            max_usage?: (number|Long|null);

            /** MemoryStat swap_max_usage */
            swap_max_usage?: (number|Long|null);

            /** MemoryStat psi */
            psi?: (cgroups2.PSIStats.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryStat. */
        type $Shape = cgroups2.MemoryStat.$Properties;
    }

    /**
     * Properties of a MemoryEvents.
     * @deprecated Use cgroups2.MemoryEvents.$Properties instead.
     */
    interface IMemoryEvents extends cgroups2.MemoryEvents.$Properties {
    }

    /** Represents a MemoryEvents. */
    class MemoryEvents {

        /**
         * Constructs a new MemoryEvents.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.MemoryEvents.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** MemoryEvents low. */
        low: (number|Long);

        /** MemoryEvents high. */
        high: (number|Long);

        /** MemoryEvents max. */
        max: (number|Long);

        /** MemoryEvents oom. */
        oom: (number|Long);

        /** MemoryEvents oom_kill. */
        oom_kill: (number|Long);

        /** MemoryEvents oom_group_kill. */
        oom_group_kill: (number|Long);

        /**
         * Encodes the specified MemoryEvents message. Does not implicitly {@link cgroups2.MemoryEvents.verify|verify} messages.
         * @param message MemoryEvents message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.MemoryEvents.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace MemoryEvents {

        /** Properties of a MemoryEvents. */
        interface $Properties {

            /** MemoryEvents low */
            low?: (number|Long|null);

            /** MemoryEvents high */
            high?: (number|Long|null);

            /** MemoryEvents max */
            max?: (number|Long|null);

            /** MemoryEvents oom */
            oom?: (number|Long|null);

            /** MemoryEvents oom_kill */
            oom_kill?: (number|Long|null);

            /** MemoryEvents oom_group_kill */
            oom_group_kill?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a MemoryEvents. */
        type $Shape = cgroups2.MemoryEvents.$Properties;
    }

    /**
     * Properties of a RdmaStat.
     * @deprecated Use cgroups2.RdmaStat.$Properties instead.
     */
    interface IRdmaStat extends cgroups2.RdmaStat.$Properties {
    }

    /** Represents a RdmaStat. */
    class RdmaStat {

        /**
         * Constructs a new RdmaStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.RdmaStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RdmaStat current. */
        current: cgroups2.RdmaEntry.$Properties[];

        /** RdmaStat limit. */
        limit: cgroups2.RdmaEntry.$Properties[];

        /**
         * Encodes the specified RdmaStat message. Does not implicitly {@link cgroups2.RdmaStat.verify|verify} messages.
         * @param message RdmaStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.RdmaStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace RdmaStat {

        /** Properties of a RdmaStat. */
        interface $Properties {

            /** RdmaStat current */
            current?: (cgroups2.RdmaEntry.$Properties[]|null);

            /** RdmaStat limit */
            limit?: (cgroups2.RdmaEntry.$Properties[]|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RdmaStat. */
        type $Shape = cgroups2.RdmaStat.$Properties;
    }

    /**
     * Properties of a RdmaEntry.
     * @deprecated Use cgroups2.RdmaEntry.$Properties instead.
     */
    interface IRdmaEntry extends cgroups2.RdmaEntry.$Properties {
    }

    /** Represents a RdmaEntry. */
    class RdmaEntry {

        /**
         * Constructs a new RdmaEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.RdmaEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** RdmaEntry device. */
        device: string;

        /** RdmaEntry hca_handles. */
        hca_handles: number;

        /** RdmaEntry hca_objects. */
        hca_objects: number;

        /**
         * Encodes the specified RdmaEntry message. Does not implicitly {@link cgroups2.RdmaEntry.verify|verify} messages.
         * @param message RdmaEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.RdmaEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace RdmaEntry {

        /** Properties of a RdmaEntry. */
        interface $Properties {

            /** RdmaEntry device */
            device?: (string|null);

            /** RdmaEntry hca_handles */
            hca_handles?: (number|null);

            /** RdmaEntry hca_objects */
            hca_objects?: (number|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a RdmaEntry. */
        type $Shape = cgroups2.RdmaEntry.$Properties;
    }

    /**
     * Properties of a IOStat.
     * @deprecated Use cgroups2.IOStat.$Properties instead.
     */
    interface IIOStat extends cgroups2.IOStat.$Properties {
    }

    /** Represents a IOStat. */
    class IOStat {

        /**
         * Constructs a new IOStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.IOStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IOStat usage. */
        usage: cgroups2.IOEntry.$Properties[];

        /** IOStat psi. */
        psi?: (cgroups2.PSIStats.$Properties|null);

        /**
         * Encodes the specified IOStat message. Does not implicitly {@link cgroups2.IOStat.verify|verify} messages.
         * @param message IOStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.IOStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace IOStat {

        /** Properties of a IOStat. */
        interface $Properties {

            /** IOStat usage */
            usage?: (cgroups2.IOEntry.$Properties[]|null);

            /** IOStat psi */
            psi?: (cgroups2.PSIStats.$Properties|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a IOStat. */
        type $Shape = cgroups2.IOStat.$Properties;
    }

    /**
     * Properties of a IOEntry.
     * @deprecated Use cgroups2.IOEntry.$Properties instead.
     */
    interface IIOEntry extends cgroups2.IOEntry.$Properties {
    }

    /** Represents a IOEntry. */
    class IOEntry {

        /**
         * Constructs a new IOEntry.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.IOEntry.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** IOEntry major. */
        major: (number|Long);

        /** IOEntry minor. */
        minor: (number|Long);

        /** IOEntry rbytes. */
        rbytes: (number|Long);

        /** IOEntry wbytes. */
        wbytes: (number|Long);

        /** IOEntry rios. */
        rios: (number|Long);

        /** IOEntry wios. */
        wios: (number|Long);

        /**
         * Encodes the specified IOEntry message. Does not implicitly {@link cgroups2.IOEntry.verify|verify} messages.
         * @param message IOEntry message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.IOEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace IOEntry {

        /** Properties of a IOEntry. */
        interface $Properties {

            /** IOEntry major */
            major?: (number|Long|null);

            /** IOEntry minor */
            minor?: (number|Long|null);

            /** IOEntry rbytes */
            rbytes?: (number|Long|null);

            /** IOEntry wbytes */
            wbytes?: (number|Long|null);

            /** IOEntry rios */
            rios?: (number|Long|null);

            /** IOEntry wios */
            wios?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a IOEntry. */
        type $Shape = cgroups2.IOEntry.$Properties;
    }

    /**
     * Properties of a HugeTlbStat.
     * @deprecated Use cgroups2.HugeTlbStat.$Properties instead.
     */
    interface IHugeTlbStat extends cgroups2.HugeTlbStat.$Properties {
    }

    /** Represents a HugeTlbStat. */
    class HugeTlbStat {

        /**
         * Constructs a new HugeTlbStat.
         * @param [properties] Properties to set
         */
        constructor(properties?: cgroups2.HugeTlbStat.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HugeTlbStat current. */
        current: (number|Long);

        /** HugeTlbStat max. */
        max: (number|Long);

        /** HugeTlbStat pagesize. */
        pagesize: string;

        /** HugeTlbStat failcnt. */
        failcnt: (number|Long);

        /**
         * Encodes the specified HugeTlbStat message. Does not implicitly {@link cgroups2.HugeTlbStat.verify|verify} messages.
         * @param message HugeTlbStat message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: cgroups2.HugeTlbStat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
    }

    namespace HugeTlbStat {

        /** Properties of a HugeTlbStat. */
        interface $Properties {

            /** HugeTlbStat current */
            current?: (number|Long|null);

            /** HugeTlbStat max */
            max?: (number|Long|null);

            /** HugeTlbStat pagesize */
            pagesize?: (string|null);

            /** HugeTlbStat failcnt */
            failcnt?: (number|Long|null);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HugeTlbStat. */
        type $Shape = cgroups2.HugeTlbStat.$Properties;
    }
}
