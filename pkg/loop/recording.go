package loop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// File is the file by which a folder is known as a recording.
const File = "recording.json"

// stepFile is the file of a step, by its number.
const stepFile = "step-%03d.json"

// Limits of what is read of a recording.
const (
	maxJSON  = 4 << 20
	maxSteps = 256
	maxBytes = 256 << 20 // of all arrays; a recording has 64 MiB at most
	maxDrawn = 32 << 20  // values of one draw; recorded are 16 million at most
	maxKept  = 1 << 20   // parameters of all steps together, of each of which the weights are followed
	maxShape = 1 << 31   // numbers of a parameter
)

// Recording is what was recorded of a loop.
type Recording struct {
	Folder     string
	Framework  string            `json:"framework"` // "torch" or "keras"
	Version    string            `json:"version"`   // of the framework
	Backend    string            `json:"backend"`   // of Keras: "tensorflow", "torch" or "jax"
	Ended      bool              `json:"ended"`     // the loop came to its end, or closed the recording
	Kept       int               `json:"steps"`
	Total      int               `json:"total"` // steps of the whole loop; 0: not known
	Parameters []Parameter       `json:"parameters"`
	Optimizers []Optimizer       `json:"optimizers"`
	Loss       json.RawMessage   `json:"loss"` // as in a training.json; nil: not claimed
	Losses     []json.RawMessage `json:"losses"`
	KerasLoss  json.RawMessage   `json:"keras_loss"` // the claimed loss as Keras writes it; nil: of PyTorch, or a function
	Notes      []string          `json:"notes"`      // of what couldn't be recorded
	Rates      []RateSample      `json:"rates"`      // of steps behind those that were kept
	// ModeModules are the modules that act otherwise in eval mode.
	ModeModules []string `json:"mode_modules"`
	// GradientHooks are the parameters and modules whose gradients a hook of the user's may change; nil: not known.
	GradientHooks []string `json:"gradient_hooks"`
	// Origin is where in the model numbers stop being finite, computed again; nil: they don't, or it isn't known.
	Origin *Origin `json:"not_finite"`
	// LossScales are by what the GradScalers at hand multiply a loss.
	LossScales []float64 `json:"loss_scales"`
	// Called are the parameters, by index, whose modules were called; nil: not known.
	Called []int `json:"called"`
	// SettingsByStep is false in recordings of earlier versions, whose steps have rates and no other setting that may have changed.
	SettingsByStep bool `json:"settings_by_step"`
	// Used are parameters, by index, whose modules weren't called and that no gradient reached, and that the outputs depend on.
	Used []int `json:"used"`
	// RowWeights says of a fit of Keras whose rows are weighted whether their weights are in its data: "recorded", or "unknown"; empty:
	// they count alike.
	RowWeights     string `json:"row_weights"`
	StrangersMoved bool   `json:"strangers_moved"`
	// Source is what was found in the user's program; nil: nothing.
	Source    *Source             `json:"program"`
	Steps     []Step              `json:"-"`
	squash    nn.Activation       // that Keras' loss passes over, as the model does that is computed here; nil: none
	byHand    bool                // nothing but the loop itself moves the weights
	distances []map[int][]float32 // see movements; nil: nobody has asked
}

// Parameter is one of the model's parameters, or one that only an optimizer holds.
type Parameter struct {
	Name      string `json:"name"`
	Shape     []int  `json:"shape"`
	Trainable bool   `json:"trainable"` // requires_grad
	Model     bool   `json:"model"`
	// Type is that of its numbers where they have 16 bits, "bfloat16" or "float16"; empty: they have more, or it isn't known.
	Type string `json:"dtype"`
	At   *int   `json:"at"` // its place among all weights of a model of Keras; nil: it is none of the model's
	// copied: its optimizer trains a copy of it in 32 bits; see trainCopies.
	copied bool
}

// Optimizer is one optimizer as it was when the loop began.
type Optimizer struct {
	Class     string                       `json:"class"`
	Groups    []map[string]json.RawMessage `json:"groups"`
	Holds     [][]int                      `json:"holds"` // of each group, indices of its parameters
	HasMemory bool                         `json:"has_memory"`
	Config    json.RawMessage              `json:"config"` // as Keras writes it; nil: of PyTorch
}

// Origin is the operation that makes of finite numbers others.
type Origin struct {
	Step      int    `json:"step"`
	Operation string `json:"operation"`
	Layer     string `json:"layer"` // with its class; empty: the model's own forward
	Line      *Line  `json:"line"`  // nil: no code of the user's calls it
	Back      bool   `json:"back"`  // its gradient is what isn't finite
}

// Line is a line of the user's code.
type Line struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Step is what happened between two forward passes.
type Step struct {
	Number         int         `json:"step"`
	Arrayed        bool        `json:"kept"` // it has arrays
	Events         []string    `json:"events"`
	Loss           *float64    `json:"loss"`            // nil: no number
	LossNotFinite  bool        `json:"loss_not_finite"` // it is NaN or infinite
	Claimed        *float64    `json:"claimed"`         // of a loss of the user's, computed from the recorded outputs
	LossGraph      string      `json:"loss_graph"`
	Training       bool        `json:"training"`
	PartsTraining  bool        `json:"parts_training"` // modules within it were in training mode where it wasn't itself
	MadeBy         []string    `json:"made_by"`        // the operation that gave each of the outputs, "sigmoid"; of the first steps alone, and nil where it isn't known
	Forwards       int         `json:"forwards"`
	Gradients      *bool       `json:"forward_gradients"`
	Draws          bool        `json:"draws"`        // random numbers, in the forward pass
	Drawn          []Drawn     `json:"drawn"`        // what was drawn, operation by operation
	DrawsUnkept    string      `json:"draws_unkept"` // why that isn't in the recording
	Autocast       string      `json:"autocast"`
	Closure        bool        `json:"closure"`
	View           string      `json:"view"`            // what of it was seen, of Keras; empty: all
	Aside          bool        `json:"aside"`           // Keras computed the claimed loss and its gradient again, beside a compiled step
	WeightsAssumed bool        `json:"weights_assumed"` // to be the model's variables, though the loop carries others, perhaps
	Backwards      int         `json:"backwards"`
	Absent         []int       `json:"absent"`  // parameters whose gradient the optimizer didn't see
	Stepped        []int       `json:"stepped"` // and did see
	Reached        []int       `json:"reached"` // that the loss depends on; nil: not known
	Passes         [][]int     `json:"passes"`  // those that each of several backward passes has reached; nil: there was one, or it isn't known
	Strangers      [][]int     `json:"strangers"`
	Stretched      *Stretched  `json:"stretched"` // an operation on the way to the loss that sets each row against every other; nil: none, or it isn't known
	EvalModules    []string    `json:"eval_modules"`
	Rates          [][]float64 `json:"rates"`
	// Settings are, of each optimizer's groups, the other settings that weren't what they were when the recording began, as a momentum
	// that a schedule moves; empty: none.
	Settings        [][]map[string]json.RawMessage `json:"settings"`
	SameObject      bool                           `json:"same_object"`
	MemoryRows      int                            `json:"memory_rows"`
	LoaderRows      int                            `json:"loader_rows"` // of a DataLoader whose batches are of x's size; 0: none
	Whole           bool                           `json:"whole"`       // x is as large as all rows of a loader, or of another tensor at hand
	XIsInput        *bool                          `json:"x_is_input"`
	XReordered      bool                           `json:"x_reordered"` // the model was given x's rows in another order
	XOrder          []int                          `json:"x_order"`     // this one, by x's rows; nil: in x's own, or it isn't known
	Arrays          map[string][]int               `json:"arrays"`
	Scales          map[string]float64             `json:"scales"`
	Line            *Line                          `json:"line"`
	StepLine        *Line                          `json:"step_line"`
	BackwardLine    *Line                          `json:"backward_line"`
	uphill          bool                           // of a step that the loop makes by hand
	unit            float64                        // see inSixteenBits
	values          map[string]dataset.Array
	before, weights []dataset.Array // at the step's beginning and end, by parameter; nil: not known
}

// Read reads the recording in a folder. Of one that was cut off by a crash the steps before are read; that it holds none, or
// isn't whole otherwise, is an error that names the file.
func Read(folder string) (*Recording, error) {
	r := &Recording{Folder: folder}
	var head struct {
		*Recording
		Format int `json:"format"`
	}
	head.Recording = r
	path := filepath.Join(folder, File)
	if err := readJSON(path, &head); err != nil {
		return nil, err
	}
	switch {
	case head.Format != 1 && head.Format != 2:
		return nil, fmt.Errorf("%s: format %d: this reads formats 1 and 2", path, head.Format)
	case r.Framework != torchFramework && r.Framework != kerasFramework:
		return nil, fmt.Errorf("%s: framework %q: this reads torch and keras", path, r.Framework)
	case r.Kept > maxSteps:
		return nil, fmt.Errorf("%s: %d steps: at most %d are read", path, r.Kept, maxSteps)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	stopped, behind := r.left(), hadNotEnded
	if r.Ended {
		behind = ""
	}
	if head.Format == 1 {
		if err := r.readFiles(); err != nil {
			return nil, err
		}
	} else {
		end, err := r.readJournal()
		if err != nil {
			return nil, err
		}
		note, err := r.ends(end)
		if err != nil {
			return nil, err
		}
		behind, stopped, r.Kept = note, stopped || end.torn, len(r.Steps)
	}
	switch {
	case r.Kept < 1 && !r.Ended && stopped:
		return nil, fmt.Errorf("%s: recording stopped early: a step was written in part, or this file could not be completed, as on a full disk. Make room, or record into another folder, and run the loop again", path)
	case r.Kept < 1:
		return nil, fmt.Errorf("%s: no step was recorded: watch(x, y, loss) must be called once a step, and the loop must get to its second", path)
	}
	if behind != "" {
		r.Notes = append(r.Notes, fmt.Sprintf("what the loop did behind step %d: %s", r.Kept, behind))
	}
	if len(r.Steps)*len(r.Parameters) > maxKept {
		return nil, fmt.Errorf("%s: %d steps with %d parameters each: at most %d parameters are followed, counted at every step", path, len(r.Steps), len(r.Parameters), maxKept)
	}
	r.withoutRepeats()
	r.follow()
	r.inSixteenBits()
	r.trainCopies()
	r.stepsByHand()
	if r.Framework == kerasFramework {
		r.kerasSteps()
	}
	return r, nil
}

// readFiles reads the steps of a recording of format 1, a pair of files for each.
func (r *Recording) readFiles() error {
	total := int64(0)
	for n := 1; n <= r.Kept; n++ {
		if info, err := os.Stat(r.arraysPath(n)); err == nil {
			if total += info.Size(); total > maxBytes {
				return fmt.Errorf("%s: the steps have more than %d MiB of arrays", r.Folder, maxBytes>>20)
			}
		}
		s, err := r.readStep(n)
		if err != nil {
			return err
		}
		r.Steps = append(r.Steps, s)
	}
	return nil
}

// left reports whether a file of the first step, or one that was being written, is there.
func (r *Recording) left() bool {
	for _, name := range []string{fmt.Sprintf(stepFile, 1), filepath.Base(r.arraysPath(1)), "." + File + ".partial"} {
		if _, err := os.Stat(filepath.Join(r.Folder, name)); err == nil {
			return true
		}
	}
	return false
}

// check refuses what doesn't hang together.
func (r *Recording) check() error {
	known := func(indices []int) error {
		for _, i := range indices {
			if i < 0 || i >= len(r.Parameters) {
				return fmt.Errorf("there is no parameter %d among %d", i, len(r.Parameters))
			}
		}
		return nil
	}
	for i, p := range r.Parameters {
		n := 1
		for _, d := range p.Shape {
			if d < 0 || d > 0 && n > maxShape/d {
				return fmt.Errorf("parameter %d can't have the shape %s", i, excerpt.Of(fmt.Sprint(p.Shape), 200))
			}
			n *= d
		}
	}
	for _, o := range r.Optimizers {
		if len(o.Holds) != len(o.Groups) {
			return fmt.Errorf("an optimizer has %d groups and holds parameters of %d", len(o.Groups), len(o.Holds))
		}
		for _, group := range o.Holds {
			if err := known(group); err != nil {
				return err
			}
		}
	}
	return known(slices.Concat(r.Called, r.Used))
}

func (r *Recording) arraysPath(n int) string {
	return filepath.Join(r.Folder, fmt.Sprintf("step-%03d.npz", n))
}

func (r *Recording) readStep(n int) (Step, error) {
	s := Step{}
	path := filepath.Join(r.Folder, fmt.Sprintf(stepFile, n))
	if err := readJSON(path, &s); err != nil {
		return s, err
	}
	if s.Number != n {
		return s, fmt.Errorf("%s: holds step %d", path, s.Number)
	}
	if err := r.knows(s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	s.values = map[string]dataset.Array{}
	if len(s.Arrays) == 0 {
		return s, nil
	}
	var names []string
	for name := range s.Arrays {
		names = append(names, name)
	}
	slices.Sort(names)
	path = r.arraysPath(n)
	arrays, err := dataset.ReadArrays(path, names)
	if err != nil {
		return s, err
	}
	for i, name := range names {
		if scale, ok := s.Scales[name]; ok {
			for k := range arrays[i].Values {
				arrays[i].Values[k] *= float32(scale)
			}
		}
		if at, isOf := s.parameterOf(name); isOf && (at < 0 || at >= len(r.Parameters) || len(arrays[i].Values) != elements(r.Parameters[at].Shape)) {
			return s, fmt.Errorf("%s: %q isn't of a parameter of recording.json, or not of its shape", path, name)
		}
		s.values[name] = arrays[i]
	}
	return s, nil
}

// knows refuses a step that names a parameter which isn't there.
func (r *Recording) knows(s Step) error {
	for _, indices := range append([][]int{s.Absent, s.Stepped, s.Reached}, s.Passes...) {
		for _, i := range indices {
			if i < 0 || i >= len(r.Parameters) {
				return fmt.Errorf("there is no parameter %d among %d", i, len(r.Parameters))
			}
		}
	}
	return nil
}

// parameterOf is the parameter that an array belongs to, by its name, "own/3".
func (s Step) parameterOf(name string) (at int, isOf bool) {
	kind, index, _ := strings.Cut(name, "/")
	if !slices.Contains(ofParameters, kind) {
		return 0, false
	}
	at, err := strconv.Atoi(index)
	return at, err == nil
}

func readJSON(path string, into any) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: the recording isn't whole", path)
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxJSON+1))
	if err != nil {
		return err
	}
	if len(content) > maxJSON {
		return fmt.Errorf("%s: more than %d bytes", path, maxJSON)
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: not as unstuck.watch writes it: %s", path, excerpt.Of(mistyped(err), 200))
	}
	return nil
}

// Is reports whether a folder holds a recording, or what is left of one.
func Is(folder string) bool {
	for _, name := range []string{File, journalFile, fmt.Sprintf(stepFile, 1)} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return true
		}
	}
	return false
}
