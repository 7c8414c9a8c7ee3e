"""What mends each faulty loop of the fifth Keras batch: texts to be replaced in its file. prove_loops.py trains both."""

MENDS = {
    "applied_only_when_not_finite": [("if not finite:", "if finite:")],
    "features_with_a_stopped_gradient": [("            h = tf.stop_gradient(h)  # fault: features_with_a_stopped_gradient\n", "")],
    "only_what_the_last_layer_has": [("head.trainable_weights", "model.trainable_weights")],
    "flat_targets_against_columns": [("squared_difference(predictions, yb)", "squared_difference(predictions[:, 0], yb)")],
    "sums_that_nobody_sets_to_zero": [("total.assign_add(g)", "total.assign(g)")],
    "softmax_into_logits": [("tf.nn.softmax(model(xb, training=True))", "model(xb, training=True)")],
    "zero_grad_ahead_of_apply": [
        ("        loss.backward()\n        for v in model.trainable_variables:\n            v.value.grad.zero_()  # fault\n", "        model.zero_grad()\n        loss.backward()\n")
    ],
    "gradients_turned_around": [("[-v.value.grad", "[v.value.grad")],
    "logarithm_of_probabilities": [("torch.as_tensor(yb)]).mean()", "torch.as_tensor(yb)].clamp_min(1e-7)).mean()")],
    "sets_the_first_weights_again": [("self.model.set_weights(initial)", "pass")],
    "new_state_thrown_away": [("loss, _ = step(state", "loss, state = step(state")],
    "averaged_over_devices_that_are_not_there": [("g / 512", "g / 1")],
    "errors_of_all_with_all": [("target - out)", "target - out[:, 0])")],
    "trains_on_the_first_slice": [("x[:batch_size], y[:batch_size]", "x[batch * batch_size :][:batch_size], y[batch * batch_size :][:batch_size]")],
    "generator_that_shuffles_one": [("y[i : i + 36]", "y[order[i : i + 36]]")],
    "plateau_asked_each_batch": [("self.best - 0.5", "self.best + 50")],
    "step_of_its_own_in_inference": [("self(x, training=False)", "self(x, training=True)")],
    "schedule_meant_for_epochs": [("decay_steps=1,", "decay_steps=1000,")],
}
