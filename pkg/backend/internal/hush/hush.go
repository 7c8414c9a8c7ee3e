// Package hush keeps go-xla quiet while it is initialized. Its search for libraries logs an error to standard
// error before main in a process without a home or without /etc/ld.so.conf, as containers have them, even
// where XLA is never used; pkg/backend says what matters in its own words.
//
// It works by Go's order of initialization: among the packages whose imports are ready, the one with the
// smallest import path comes first, so this one, which needs klog only, comes before go-xla, which needs
// klog too.
package hush

import "k8s.io/klog/v2"

var before = klog.CaptureState()

func init() { klog.SetLogger(klog.New(nil)) }

// Over gives klog back as it was before. Call it once, from an init that runs after go-xla's.
func Over() { before.Restore() }
