package loop

// spoken is a text as the recording's framework has it: the one of PyTorch, or that of Keras. What is true of both is one text and needs
// none of this.
func (r *Recording) spoken(inTorch, inKeras string) string {
	if r.Framework == kerasFramework {
		return inKeras
	}
	return inTorch
}

// kerasMeanings are the meanings that speak of Keras otherwise than of PyTorch.
var kerasMeanings = map[Cause]string{
	WrongParameters:     "The optimizer is given other variables than those that the loss depends on, or only some of them.",
	EvalMode:            "The model is trained as in inference, without training=True.",
	GradientsCleared:    "The gradients are set to zero between their computation and the optimizer.",
	GradientsAccumulate: "The gradients of earlier steps are added up and never set to zero.",
	GradientsChanged:    "The gradients are changed between their computation and the optimizer.",
}

// meaning says a cause in a sentence, in the words of the recording's framework.
func (r *Recording) meaning(c Cause) string {
	if said, other := kerasMeanings[c]; other {
		return r.spoken(meanings[c], said)
	}
	return meanings[c]
}
