package loop

import "fmt"

// Cause is where a loop leaves the path.
type Cause string

// The causes, in the order in which they are asked for.
const (
	WrongParameters     Cause = "loop-wrong-parameters"
	NoUpdate            Cause = "loop-no-update"
	NotFinite           Cause = "numerically-unstable-loss"
	EvalMode            Cause = "loop-eval-mode"
	Broadcast           Cause = "loop-broadcast"
	OtherLoss           Cause = "loop-other-loss"
	MisalignedTargets   Cause = "loop-misaligned-targets"
	Detached            Cause = "loop-detached"
	GradientsCleared    Cause = "loop-gradients-cleared"
	GradientsAccumulate Cause = "loop-gradients-accumulate"
	GradientsChanged    Cause = "loop-gradients-changed"
	WeightsOverwritten  Cause = "loop-weights-overwritten"
	RateChanged         Cause = "loop-rate-changed"
	SameBatch           Cause = "loop-same-batch"
	Correct             Cause = "loop-correct"
)

// meanings say each cause in a sentence.
var meanings = map[Cause]string{
	WrongParameters:     "The optimizer holds other parameters than those that the loss depends on, or only some of them.",
	NoUpdate:            "Nothing moves the weights: no gradient reaches them, or no step is made.",
	NotFinite:           "The loss, or weights, stop being numbers.",
	EvalMode:            "The model is trained in eval mode.",
	Broadcast:           "Every prediction is compared with every target: (n) against (n, 1).",
	OtherLoss:           "What is minimized isn't the loss that is meant.",
	MisalignedTargets:   "Inputs and targets are of different rows.",
	Detached:            "A part of the model is cut off from the loss: no gradient reaches it.",
	GradientsCleared:    "The gradients are cleared between backward and step.",
	GradientsAccumulate: "The gradients of earlier steps are never cleared and pile up.",
	GradientsChanged:    "The gradients are changed between backward and step.",
	WeightsOverwritten:  "The weights are overwritten between the steps.",
	RateChanged:         "The learning rate is lowered to next to nothing, or steps too often.",
	SameBatch:           "Every step takes the same rows.",
	Correct:             "The loop does what it claims: each step that could be replayed is the one that loss and optimizer give.",
}

// Meaning says it in a sentence.
func (c Cause) Meaning() string { return meanings[c] }

// Finding is one divergence.
type Finding struct {
	Cause      Cause   `json:"cause"`
	Confidence float64 `json:"-"`    // orders what is named together; from 0 to 1, of no scale
	Step       int     `json:"step"` // the first at which it shows
	Evidence   string  `json:"evidence"`
	Line       *Line   `json:"line,omitempty"`  // of the user's code: of the fault, or the nearest that is known
	Others     []Line  `json:"lines,omitempty"` // where the fault may stand as well, as far as the program shows
	Edits      []Edit  `json:"edits,omitempty"` // the change as it is to be made in the user's program; nil: not known
	Torch      string  `json:"torch"`           // the change
	Keras      string  `json:"keras"`           // the same in a custom loop of Keras
	way        string  // how the fault came about, of several ways
	missing    []int   // parameters that no optimizer has
	grew       bool    // the loss did, until it was no number
	pairs      *pairs  // the targets that belong to the rows, where the recorded ones don't
}

// remedies are the changes in PyTorch and Keras.
var remedies = map[Cause][2]string{
	WrongParameters: {"make the optimizer behind the last change of the model, over all that shall learn:\noptimizer = torch.optim.Adam(model.parameters(), lr=…)\n# what shall stay as it is: for p in model.backbone.parameters(): p.requires_grad_(False)",
		"optimizer.apply(gradients, model.trainable_variables)  # of the model that is trained; what shall stay: layer.trainable = False"},
	NoUpdate: {"loss = loss_fn(model(x), y)  # no .item(), .detach(), argmax or NumPy on the way\noptimizer.zero_grad()\nloss.backward()\noptimizer.step()",
		"with tf.GradientTape() as tape: loss = loss_fn(y, model(x, training=True))\noptimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)"},
	NotFinite: {"torch.autograd.set_detect_anomaly(True)  # ahead of the loop: names the operation whose gradient is NaN\n# log(x): log(x.clamp_min(1e-6)); sqrt(x): sqrt(x + 1e-12); a / b: a / (b + 1e-8); std of one row: none",
		"keras.ops.log(x + 1e-6), keras.ops.sqrt(x + 1e-12), a / (b + 1e-8)  # or from_logits=True in place of a logarithm by hand"},
	EvalMode:            {"model.train()  # ahead of the steps, and again behind each validation", "model(x, training=True)"},
	Broadcast:           {"loss = loss_fn(model(x).squeeze(-1), y)  # or y.unsqueeze(-1): both of one shape", "loss = loss_fn(y[:, None], model(x))  # both of one shape"},
	OtherLoss:           {"loss = loss_fn(model(x), y)  # the loss that is meant, with its mean over the batch", "loss = loss_fn(y, model(x, training=True))  # reduction=\"sum_over_batch_size\", the default"},
	MisalignedTargets:   {"order = torch.randperm(len(x))\nx, y = x[order], y[order]  # one order for both", "order = np.random.permutation(len(x))\nx, y = x[order], y[order]  # one order for both"},
	Detached:            {"h = self.encoder(x)  # without .detach(), .data, torch.no_grad() or torch.tensor(…) around it", "h = encoder(x)  # without tf.stop_gradient, .numpy() or a tape that begins behind it"},
	GradientsCleared:    {"optimizer.zero_grad()\nloss.backward()\noptimizer.step()  # nothing that clears between these two", "gradients = tape.gradient(loss, model.trainable_variables)  # as they are, to\noptimizer.apply(gradients, model.trainable_variables)"},
	GradientsAccumulate: {"optimizer.zero_grad()  # once before each backward()\nloss.backward()\noptimizer.step()", "gradients = tape.gradient(loss, model.trainable_variables)  # anew each step, not added to the last ones"},
	GradientsChanged:    {"loss.backward()\ntorch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # if anything\noptimizer.step()", "optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)  # if anything"},
	WeightsOverwritten:  {"model.load_state_dict(start)  # once, ahead of the loop, or not at all", "model.set_weights(start)  # once, ahead of the loop, or not at all"},
	RateChanged:         {"scheduler.step()  # once an epoch where its numbers are epochs; or give T_max, step_size, total_steps in steps", "schedule = keras.optimizers.schedules.CosineDecay(1e-3, decay_steps=epochs * steps_per_epoch)  # counted in steps"},
	SameBatch:           {"for x, y in loader:  # not next(iter(loader)) in the loop, which begins anew each time", "for x, y in dataset:  # not next(iter(dataset)) in the loop, which begins anew each time"},
}

// remediesBy are the changes where the way in which a fault came about tells more than its cause.
var remediesBy = map[string][2]string{
	likelihoodOfScores:        {"loss = F.cross_entropy(model(x), y)  # or F.nll_loss(F.log_softmax(model(x), dim=1), y)", "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, model(x, training=True))"},
	likelihoodOfProbabilities: {"loss = F.nll_loss(F.log_softmax(scores, dim=1), y)  # of what goes into the softmax; or F.cross_entropy(scores, y)", "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, scores)  # of what goes into the softmax"},
	argumentsSwapped:          {"loss = loss_fn(model(x), y)  # outputs first, then targets", "loss = loss_fn(y, model(x, training=True))  # targets first, then outputs"},
	softmaxOfBatch:            {"loss = F.cross_entropy(model(x), y)  # or F.nll_loss(F.log_softmax(model(x), dim=1), y): over the classes of each row", "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, model(x, training=True))  # or keras.ops.softmax(…, axis=-1): over the classes of each row"},
	otherRow:                  {"x, y = X[rows], Y[rows]  # the same rows of both", "x, y = X[rows], Y[rows]  # the same rows of both"},
	inInputs:                  {"keep = torch.isfinite(x).flatten(1).all(1)  # of all rows, ahead of the loop; or fill what is missing in\nx, y = x[keep], y[keep]", "keep = np.isfinite(x).reshape(len(x), -1).all(1)  # of all rows, ahead of the loop; or fill what is missing in\nx, y = x[keep], y[keep]"},
	inTargets:                 {"keep = torch.isfinite(y).reshape(len(y), -1).all(1)  # of all rows, ahead of the loop\nx, y = x[keep], y[keep]", "keep = np.isfinite(y).reshape(len(y), -1).all(1)  # of all rows, ahead of the loop\nx, y = x[keep], y[keep]"},
	inWeights:                 {"for name, p in model.named_parameters(): assert p.isfinite().all(), name  # behind what loads or draws the weights", "for v in model.weights: assert np.isfinite(v.numpy()).all(), v.path  # behind what loads or draws the weights"},
	tooFast:                   {"optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # a tenth of the rate, or less\ntorch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # between backward() and step(), where single batches do it", "optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)  # a tenth of the rate, or less; the clip, where single batches do it"},
	twoLoaders:                {"loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)  # one loader of both", "dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(32)  # one data set of both"},
	rowsDropped:               {"keep = ~torch.isnan(x).any(1)\nx, y = x[keep], y[keep]  # the same rows of both", "keep = ~np.isnan(x).any(axis=1)\nx, y = x[keep], y[keep]  # the same rows of both"},
	maximizedByHand:           {"with torch.no_grad():\n    for p in model.parameters():\n        p -= rate * p.grad  # a minus: down the loss", "variable.assign_sub(rate * gradient)  # a minus: down the loss"},
	withoutOptimizer:          {"model.zero_grad()  # once before each backward(): there is no optimizer that does", "gradients = tape.gradient(loss, model.trainable_variables)  # anew each step, not added to the last ones"},
	maximized:                 {"optimizer = torch.optim.Adam(model.parameters(), lr=…)  # without maximize=True", "optimizer = keras.optimizers.Adam(1e-3)  # it has no way up"},
	drownedIn:                 {"p.grad.add_(torch.randn_like(p.grad) * 1e-2 * p.grad.norm() / p.grad.numel() ** 0.5)  # of the gradient's own size, or none", "g += keras.random.normal(g.shape) * 1e-2 * keras.ops.norm(g) / g.size ** 0.5  # of the gradient's own size, or none"},
	sigmoidInModel:            {"return self.head(h)  # the model's raw outputs, without a sigmoid: BCEWithLogitsLoss takes one itself; probabilities for people: model(x).sigmoid()", "keras.layers.Dense(1)  # without activation=\"sigmoid\", or from_logits=False"},
	withinModel:               {"return self.head(h)  # the model's raw outputs, without a softmax: CrossEntropyLoss takes one itself; probabilities for people: model(x).softmax(1)", "keras.layers.Dense(classes)  # without activation=\"softmax\", or from_logits=False"},
	stepOfNothing: {"with torch.no_grad():\n    p.sub_(lr * v)  # or p.add_(v, alpha=-lr): in place; p = p - lr * v gives a new tensor the name and leaves the weight",
		"variable.assign_sub(lr * v)  # in place; variable = variable - lr * v gives a new tensor the name and leaves the weight"},
	acrossAxes: {"loss = loss_fn(model(x).reshape(y.shape), y)  # both of one shape", "loss = loss_fn(y, keras.ops.reshape(model(x, training=True), y.shape))  # both of one shape"},
	"no step":  {"loss.backward()\noptimizer.step()  # at each batch; or at each few of them, and at the end of an epoch", "optimizer.apply(gradients, model.trainable_variables)  # at each batch"},
	neverReached: {"# the step waits for a count that no epoch reaches: a counter that begins anew with each epoch, or more batches in a step than an epoch has; a step at each epoch's end as well:\nif (i + 1) % batches == 0 or i + 1 == len(loader):\n    optimizer.step()\n    optimizer.zero_grad()",
		"if (i + 1) % batches == 0 or i + 1 == steps_per_epoch:\n    optimizer.apply(sums, model.trainable_variables)  # at the end of each epoch as well"},
	ofIndices: {"loss = loss_fn(model(x), y)  # of the outputs themselves: the number of the largest has no gradient, and requires_grad gives it none", "loss = loss_fn(y, model(x, training=True))  # of the outputs themselves: argmax has no gradient"},
	addedUp:   {"if (i + 1) % batches == 0:\n    optimizer.step()\n    optimizer.zero_grad()  # behind each step, and nowhere else", "for total in sums: total.assign(keras.ops.zeros_like(total))  # behind each optimizer.apply"},
	maskedOut: {"torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)  # if anything; no p.grad[…] = 0, or of the few that are too large alone", "optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)  # if anything; no mask over most of a gradient"},
	misplacedTo: {"for p, g in zip(params, gradients): p.grad = g  # two lists in one order; of one flat vector each its own part: at += p.numel(), then flat[at:].view_as(p) for the next",
		"optimizer.apply(gradients, model.trainable_variables)  # two lists in one order"},
	neverDivided: {"scaler.scale(loss).backward()\nscaler.step(optimizer)  # divides the gradients, and calls optimizer.step() itself\nscaler.update()", "optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3))  # divides them itself"},
	stillScaled: {"scaler.scale(loss).backward()\nscaler.unscale_(optimizer)  # ahead of the clip\ntorch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)\nscaler.step(optimizer)",
		"optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3, global_clipnorm=1.0))  # clips behind its division"},
	clipped: {"optimizer = torch.optim.AdamW(model.parameters(), lr=…, weight_decay=1e-2)  # keeps weights small; no w.clamp_(…) behind the step",
		"keras.layers.Dense(units, kernel_regularizer=keras.regularizers.L2(1e-4))  # keeps weights small; no clipping behind the step"},
	tinyFactor: {"scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.95 ** epoch)  # a factor: the optimizer's rate is multiplied by it",
		"optimizer = keras.optimizers.Adam(schedule)  # the schedule's values are the rate itself"},
	perRow: {"loss.backward()\noptimizer.step()  # the mean over the batch is taken in the loss: gradients as they are",
		"optimizer.apply(gradients, model.trainable_variables)  # the mean over the batch is taken in the loss: gradients as they are"},
	pulled: {"soft_update(target, model)  # the target follows the model: target.copy_(tau * model + (1 - tau) * target), and not the other way round",
		"target.set_weights([tau * m + (1 - tau) * t for m, t in zip(model.get_weights(), target.get_weights())])  # the target follows the model, not the other way round"},
	rounded: {"copy.deepcopy(model)  # round a copy, for what it is used for; the weights that the optimizer moves stay as they are",
		"keras.models.clone_model(model)  # round a copy, for what it is used for; the weights that the optimizer moves stay as they are"},
	byHook: {"# no weight.register_hook(…) or layer.register_full_backward_hook(…) that changes gradients; to shorten them, behind backward():\ntorch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)",
		"optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)  # if anything; no custom_gradient in between"},
}

// by tells how a fault came about, for its place in the program to be found, and its change where that is another.
func (f *Finding) by(way string) *Finding {
	f.way = way
	if more, ok := remediesBy[way]; ok {
		f.Torch, f.Keras = more[0], more[1]
	}
	return f
}

func found(cause Cause, confidence float64, step int, line *Line, evidence string, args ...any) *Finding {
	return &Finding{Cause: cause, Confidence: confidence, Step: step, Line: line, Evidence: fmt.Sprintf(evidence, args...), Torch: remedies[cause][0], Keras: remedies[cause][1]}
}
