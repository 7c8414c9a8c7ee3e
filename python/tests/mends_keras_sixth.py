"""What mends each faulty loop of the sixth Keras batch: texts to be replaced in its file. prove_loops.py trains both."""

MENDS = {
    "variables_listed_before_the_head_is_changed": [("    model.add(layers.Dense(3))\n", "    model.add(layers.Dense(3))\n    variables = model.trainable_variables\n")],
    "clipped_between_nothing_and_one": [("clip_by_value(g, 0.0, 1.0)", "clip_by_value(g, -1.0, 1.0)")],
    "zipped_behind_the_shuffle": [("from_tensor_slices(x).shuffle(200)", "from_tensor_slices(x)"), ("from_tensor_slices(kind).shuffle(200)", "from_tensor_slices(kind)"), ("zip((inputs, labels)).batch", "zip((inputs, labels)).shuffle(200).batch")],
    "called_as_for_a_prediction": [("model(xb, training=False)", "model(xb, training=True)")],
    "rate_of_an_epoch_at_each_batch": [("learning_rate * 0.5", "learning_rate * 0.99")],
    "iterator_asked_anew": [("    for step in range(EPOCHS * 6):\n        xb, yb = next(iter(data))", "    for xb, yb in data.unbatch().shuffle(200).batch(24).repeat(EPOCHS):\n        pass")],
    "code_taken_as_an_array": [("encoder(xb, training=True).numpy()", "encoder(xb, training=True)")],
    "mean_ahead_of_the_square": [("tf.square(tf.reduce_mean(yb - model(xb, training=True)))", "tf.reduce_mean(tf.square(yb - model(xb, training=True)))")],
    "nothing_is_cleared": [("        loss.backward()  # fault", "        model.zero_grad()\n        loss.backward()")],
    "absolute_errors_of_all_pairs": [("torch.as_tensor(yb)))  # fault", "torch.as_tensor(yb)[:, None]))")],
    "loss_turned_into_a_number_and_back": [
        ("value = float(loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True)))", "value = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))"),
        ("torch.tensor(value, requires_grad=True)", "value"),
    ],
    "gradient_stopped_at_the_outputs": [("jax.lax.stop_gradient(out)", "out")],
    "trees_added_up_for_good": [("lambda a, b: a + b, total", "lambda a, b: b, total")],
    "permuted_by_two_keys": [("permutation(two, y)", "permutation(one, y)")],
    "sigmoid_ahead_of_logits": [('activation="sigmoid")', "activation=None)")],
    "average_set_at_each_batch": [("self.model.set_weights(self.kept)", "pass")],
    "epochs_counted_in_batches": [("self.count // 2", "self.count // 200")],
    "step_that_applies_nothing": [("        tape.gradient(loss, self.trainable_variables)", "        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))")],
    "inputs_shuffled_between_epochs": [("self.x = self.x[self.rng.permutation(len(self.x))]", "order = self.rng.permutation(len(self.x)); self.x, self.y = self.x[order], self.y[order]")],
}
