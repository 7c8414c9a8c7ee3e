package fit

import (
	"fmt"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// shared holds the programs of models that can be described, for each backend that is open.
var (
	sharedMu sync.Mutex
	shared   = map[compute.Backend]*programs{}
)

// sharedPrograms returns where m's programs are kept. Models that are built alike share their programs, so another
// learning rate, seed or clip value compiles nothing. A model with parts that hide what they do, such as an nn.Func,
// keeps its programs to itself.
func sharedPrograms(m *Model, described bool) *programs {
	if !described {
		return newPrograms(m.backend)
	}
	sharedMu.Lock()
	defer sharedMu.Unlock()
	for b := range shared {
		if b.IsFinalized() {
			delete(shared, b) // nobody can run its programs any more
		}
	}
	if shared[m.backend] == nil {
		shared[m.backend] = newPrograms(m.backend)
	}
	return shared[m.backend]
}

// description is everything about a model that is compiled into its programs, but for what its state is like.
type description struct {
	text     string // the same in every process, so that checkpoints can hold its hash
	identity string // what text leaves out: which types of this process these are, and numbers behind a String method
}

// describe writes down what m is made of; false when it can't be told.
func describe(m *Model) (description, bool) {
	o, ok := m.optimizer.(interface{ ProgramKey() (string, bool) })
	if !ok {
		return description{}, false
	}
	key, ok := o.ProgramKey()
	if !ok {
		return description{}, false
	}
	d := codec.NewKey(key, m.optimizer)
	for _, part := range []any{m.net, m.loss, m.options.Metrics, m.options.Probes} {
		if !d.Add(part) {
			return description{}, false
		}
	}
	return description{text: d.Text(), identity: d.Identity()}, true
}

// stateKey tells the variables that programs take and give, and which of them are trained.
func (m *Model) stateKey() string {
	var b strings.Builder
	for _, v := range m.state.vars {
		fmt.Fprintf(&b, "%q %s %t;", v.Path(), v.Shape(), v.Trainable)
	}
	for path, value := range m.store.IterParams() {
		if path != model.JoinPath(model.RootScopePath, model.ParamInitialSeed) { // only variables hold what is drawn from it
			fmt.Fprintf(&b, "%q=%#v;", path, value)
		}
	}
	return b.String()
}
