// Pushes with Prometheus' own client library.
//
//	push <url> <job> <step>
//
// PUSH_USER and PUSH_SECRET hold a credential, PUSH_FORMAT=text chooses text instead of the library's protobuf.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
	"github.com/prometheus/common/expfmt"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: push <url> <job> <step>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(url, job, step string) error {
	pusher := func(job string) *push.Pusher {
		p := push.New(url, job)
		if user := os.Getenv("PUSH_USER"); user != "" {
			p.BasicAuth(user, os.Getenv("PUSH_SECRET"))
		}
		if os.Getenv("PUSH_FORMAT") == "text" {
			p.Format(expfmt.NewFormat(expfmt.TypeTextPlain))
		}
		return p
	}
	group := pusher(job).Grouping("instance", "host-1")
	keys := []*push.Pusher{
		pusher(job).Grouping("path", "/var/tmp"),
		pusher(job).Grouping("instance", ""),
		pusher(job).Grouping("city", "Köln Süd"),
		pusher(job).Grouping("b", "2/").Grouping("a", "1"),
		pusher(job + "/nightly"),
	}

	switch step {
	case "push":
		return group.Collector(load(21.5)).Collector(runs()).Collector(duration()).Push()
	case "add":
		return group.Collector(load(22.5)).Add()
	case "replace":
		return group.Collector(load(-3)).Push()
	case "delete":
		return group.Delete()
	case "native":
		return group.Collector(nativeDuration()).Push()
	case "keys":
		return each(keys, func(p *push.Pusher) error { return p.Collector(key(job)).Push() })
	case "forget":
		return each(keys, (*push.Pusher).Delete)
	}
	return fmt.Errorf("unknown step %s", step)
}

func each(pushers []*push.Pusher, do func(*push.Pusher) error) error {
	var failures error
	for _, pusher := range pushers {
		failures = errors.Join(failures, do(pusher))
	}
	return failures
}

func load(value float64) prometheus.Collector {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "batch_load", Help: "The load."})
	gauge.Set(value)
	return gauge
}

func runs() prometheus.Collector {
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "batch_runs_total", Help: "The runs."})
	counter.Add(3)
	return counter
}

func duration() prometheus.Collector {
	return observed(prometheus.HistogramOpts{Name: "batch_duration_seconds", Help: "How long.", Buckets: []float64{0.1, 1, 10}})
}

// No classic buckets: the library sends none when a native bucket factor is all that it is given.
func nativeDuration() prometheus.Collector {
	return observed(prometheus.HistogramOpts{Name: "batch_native_seconds", Help: "How long.", NativeHistogramBucketFactor: 1.1})
}

func observed(options prometheus.HistogramOpts) prometheus.Collector {
	histogram := prometheus.NewHistogram(options)
	histogram.Observe(0.5)
	histogram.Observe(2)
	return histogram
}

func key(client string) prometheus.Collector {
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "batch_key", Help: "Is there."}, []string{"client"})
	gauge.WithLabelValues(client).Set(1)
	return gauge
}
