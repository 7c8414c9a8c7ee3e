package doctor

import (
	"regexp"
	"slices"
	"strings"

	"example.com/unstuck/pkg/training"
)

// torchWords are what the rules say in Keras' words, each with what it is in PyTorch's. The longer ones come first.
var torchWords = [][2]string{
	{"Keras' documentation of its probabilistic losses: what from_logits, units and labels must be", "PyTorch's documentation of its losses: what CrossEntropyLoss, NLLLoss, BCEWithLogitsLoss and BCELoss take"},
	{"Keras' documentation of validation_split: the last rows, before shuffling", "the rows that are held out are the last ones, as they come"},
	{"Keras' guide to transfer learning: trainable=False takes a layer's weights out of the training", "PyTorch's documentation of autograd and torch.optim: requires_grad=False, or not being among the optimizer's parameters, takes weights out of the training"},
	{"Keras' defaults (l2 0.01, weight decay 0.004) and", "AdamW's default (weight decay 0.01) and"},
	{"Keras' default rates", "the optimizers' default rates"},
	{"start from Keras' default initializers (glorot_uniform, orthogonal, zero biases)", "start from PyTorch's default initial weights"},
	{"layers with trainable=False", "layers that aren't trained"},
	{"after every hidden Dense layer", "behind every hidden nn.Linear"},
	{"LSTM in place of SimpleRNN", "nn.LSTM in place of nn.RNN"},
	{"the last layer has linear", "no activation follows the last layer"},
	{"the last layer's linear gives", "the last layer without an activation gives"},
	{"make the last layer linear instead of ", "let the last layer's output be as it is, without "},
	{"Keras' default", "assumed"},
}

// headInWords is the treatment of a last layer.
var headInWords = regexp.MustCompile(`give the last layer (\d+ units?) with (\w+) activation`)

// denseInWords is the treatment of an output that another layer than a fully connected one makes.
var denseInWords = regexp.MustCompile(`put a Dense layer of (\d+ units?) with (\w+) activation behind what makes the output`)

// inTorch is a text in PyTorch's words.
func inTorch(text string) string {
	for _, w := range torchWords {
		text = strings.ReplaceAll(text, w[0], w[1])
	}
	text = denseInWords.ReplaceAllString(text, "put an nn.Linear of $1 and $2 behind it behind what makes the output")
	text = strings.ReplaceAll(headInWords.ReplaceAllString(text, "give the last layer $1 and $2 behind it"), "and linear behind it", "without an activation behind it")
	return text
}

// inWords puts the report into the words of the training's owner.
func (r *Report) inWords() {
	if !r.Training.OfTorch() {
		return
	}
	rules := map[*Rule]*Rule{}
	said := func(rule *Rule) *Rule {
		if rule != nil && rules[rule] == nil {
			own := *rule
			own.Doc, own.Source = inTorch(rule.Doc), inTorch(rule.Source)
			rules[rule] = &own
		}
		return rules[rule]
	}
	inTorchAll := func(symptoms []Symptom) []Symptom {
		all := slices.Clone(symptoms)
		for i := range all {
			all[i].Gauge, all[i].Text = inTorch(all[i].Gauge), inTorch(all[i].Text)
		}
		return all
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Rule, f.Symptoms, f.Treatment.Text = said(f.Rule), inTorchAll(f.Symptoms), inTorch(f.Treatment.Text)
	}
	for i := range r.Symptoms {
		r.Symptoms[i].Gauge, r.Symptoms[i].Text = inTorch(r.Symptoms[i].Gauge), inTorch(r.Symptoms[i].Text)
	}
	for _, a := range r.Attempts {
		a.Treatments = slices.Clone(a.Treatments)
		for i := range a.Treatments {
			a.Treatments[i].Text = inTorch(a.Treatments[i].Text)
		}
	}
	r.Remark = inTorch(r.Remark)
	r.Training.Assumed = slices.Clone(r.Training.Assumed)
	for i := range r.Training.Assumed {
		r.Training.Assumed[i].Why = inTorch(r.Training.Assumed[i].Why)
	}
}

// Code is a treatment's change in one language.
type Code struct {
	Language training.Language
	Text     string
}

// Code is the treatment's change in those of the languages that have something like it.
func (t Treatment) Code(languages ...training.Language) []Code {
	var all []Code
	for _, l := range languages {
		if text := (training.Difference{Go: t.Go, Keras: t.Keras, Torch: t.Torch}).In(l); text != "" {
			all = append(all, Code{l, text})
		}
	}
	return all
}

// PrintedIn are the report's Languages, or where there are none those of the training's owner.
func (r *Report) PrintedIn() []training.Language {
	if len(r.Languages) > 0 {
		return r.Languages
	}
	return r.Training.Languages()
}
