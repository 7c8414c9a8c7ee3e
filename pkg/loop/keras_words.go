package loop

import "strings"

// kerasWords are what is said of a loop of PyTorch, and what the same is in Keras.
var kerasWords = strings.NewReplacer(
	"the model's, which get a gradient, it doesn't hold", "the model's, which get a gradient, it isn't given",
	"the optimizer holds other parameters", "the optimizer is given other variables",
	"The optimizer holds other parameters", "The optimizer is given other variables",
	"that the optimizer holds", "that the optimizer is given",
	"the optimizer holds", "the optimizer is given",
	"belong to no optimizer", "are given to no optimizer",
	"set requires_grad_(False) on them", "set trainable = False on their layers",
	"Was it made before the model, or a layer of it, was replaced?", "Were the variables collected before the model, or a layer of it, was replaced?",
	"Was it made before the model was replaced, or for another model?", "Were they collected before the model was replaced, or of another model?",
	"layers in a Python list need nn.ModuleList, and a second model its parameters in the optimizer", "a layer must be an attribute of the model's, and a second model's variables be given to the optimizer",
	"it has no graph, as behind .detach(), torch.no_grad(), argmax or NumPy", "as behind stop_gradient, argmax or NumPy, or outside of the tape",
	"the loss was made anew, as torch.tensor(loss.item(), requires_grad=True) does, and doesn't depend on the model", "the loss was made anew, and doesn't depend on the model",
	"on the way the outputs were detached, or made anew", "on the way the outputs were cut off, or made anew",
	"backward() is never called, or on something else", "no gradient is asked for, or of something else",
	"of the optimizer moved nothing", "of the optimizer's apply() moved nothing",
	"backward() was called", "gradients were computed",
	"the optimizer's step() not once", "the optimizer's apply() was called not once",
	"the optimizer's step()", "the optimizer's apply()",
	"model.training is False at", "the model is called without training=True at",
	"steps with a backward", "steps with a gradient",
	"in eval mode while the model is in training mode", "called without training=True while the model is called with it",
	"gradients in eval mode", "gradients of a model that is called without training=True",
	"The model is trained in eval mode.", "The model is trained as in inference, without training=True.",
	"of its modules act otherwise then", "of its layers act otherwise then",
	"between backward() and step()", "between tape.gradient and optimizer.apply",
	"between backward and step", "between their computation and the optimizer",
	"zero_grad() stands between backward() and step()", "they are set to zero ahead of optimizer.apply",
	"step() stands ahead of backward(), and zero_grad() clears between two steps what it should have used", "optimizer.apply stands ahead of the gradients that it should use",
	"backward() left gradients of norm", "there were gradients of norm",
	"nothing clears it in between", "what the loop adds gradients to isn't set to zero in between",
	"are never cleared and pile up", "are added up and never set to zero",
	"load_state_dict, an initialization or a copy stands in the loop", "set_weights, load_weights, an initialization or a copy stands in the loop",
	"though their modules are called", "though their layers are called",
	".detach(), .data, torch.no_grad() or a tensor that is made anew", "stop_gradient, .numpy(), a tape that begins behind them, or a tensor that is made anew",
	"the loop has a DataLoader of", "the loop has a dataset of",
	"next(iter(loader))", "next(iter(dataset))",
	"a part of a tensor of", "a part of an array of",
	"backward() goes by its negative", "its negative is differentiated",
	"backward() is called on the loss times", "what is differentiated is the loss times",
	"backward() is called on another one, or on a sum with others", "another one is differentiated, or a sum with others",
	"autocast computes in", "the model computes in",
	" (maximize=True)", "",
)

// inKeras makes of a report on a loop of Keras one that speaks of Keras alone.
func (r *Report) inKeras() {
	r.Meaning = kerasWords.Replace(r.Meaning)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Evidence, f.Torch = kerasWords.Replace(f.Evidence), ""
	}
	for _, list := range [][]string{r.Unchecked, r.Remarks} {
		for i := range list {
			list[i] = kerasWords.Replace(list[i])
		}
	}
}
