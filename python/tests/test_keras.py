import json
import os

import numpy as np
from folders import Saving

import needs
import unstuck

if "KERAS_BACKEND" not in os.environ and needs.keras_backend:
    os.environ["KERAS_BACKEND"] = needs.keras_backend


@needs.keras
class Keras(Saving):
    def saved(self, model, **training):
        unstuck.save(self.folder, model, **training)
        return json.loads((self.folder / "fit.json").read_text())

    def model(self, compiled=True):
        import keras

        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
        if compiled:
            model.compile(keras.optimizers.Adam(0.01), "mse")
        return model

    def test_what_the_command_reads(self):
        import keras

        model = self.model()
        x, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20)
        fit = self.saved(model, x=x, y=y, epochs=3, batch_size=4, validation_split=0.25, seed=1, shuffle=False, class_weight={0: 1, 1: 2})
        self.assertEqual(fit, {"epochs": 3, "batch_size": 4, "validation_split": 0.25, "seed": 1, "shuffle": False, "class_weight": {"0": 1, "1": 2}})
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["data.npz", "fit.json", "model.keras"])
        self.assertEqual((self.data()["x"].dtype, self.data()["y"].dtype), (np.float32, np.int64))
        loaded = keras.models.load_model(self.folder / "model.keras")
        self.assertEqual(loaded.loss, "mse")
        np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))

    def test_loss_and_optimizer_go_into_a_copy(self):
        import keras

        model, x = self.model(False), np.ones((4, 3))
        with self.assertRaisesRegex(unstuck.UnstuckError, "isn't compiled"):
            self.saved(model, x=x, y=x[:, 0])
        with self.assertRaisesRegex(unstuck.UnstuckError, "give both"):
            self.saved(model, x=x, y=x[:, 0], loss="mse")
        optimizer = keras.optimizers.SGD(0.125)
        self.saved(model, x=x, y=x[:, 0], loss="mae", optimizer=optimizer)
        self.assertFalse(model.compiled or optimizer.built)
        loaded = keras.models.load_model(self.folder / "model.keras")
        self.assertEqual((loaded.loss, float(loaded.optimizer.learning_rate)), ("mae", 0.125))

    def test_several_inputs_and_outputs_by_name(self):
        import keras

        left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
        h = keras.layers.Concatenate()([left, right])
        model = keras.Model([left, right], [keras.layers.Dense(1, name="number")(h), keras.layers.Dense(2, name="pair")(h)])
        model.compile("sgd", "mse")
        a, b = np.ones((4, 3)), np.zeros((4, 2))
        for x, y in [([a, b], [a[:, :1], b]), ({"right": b, "left": a}, {"pair": b, "number": a[:, :1]})]:
            self.saved(model, x=x, y=y)
            self.assertEqual({name: array.shape for name, array in self.data().items()}, {"left": (4, 3), "right": (4, 2), "number": (4, 1), "pair": (4, 2)})
        with self.assertRaisesRegex(unstuck.UnstuckError, r"x has 1 arrays, the model has 2: \['left', 'right'\]"):
            self.saved(model, x=a, y=[a[:, :1], b])
        with self.assertRaisesRegex(unstuck.UnstuckError, r"y has \['number'\], the model has"):
            self.saved(model, x=[a, b], y={"number": a[:, :1]})

    def test_batches_of_a_pydataset(self):
        import keras

        class Batches(keras.utils.PyDataset):
            def __len__(self):
                return 3

            def __getitem__(self, i):
                return np.full((4, 3), i, "float32"), np.full(4, i), np.full(4, 0.5)

        self.saved(self.model(), x=Batches())
        self.assertEqual(self.data()["x"].shape, (12, 3))
        np.testing.assert_array_equal(self.data()["sample_weight"], np.full(12, 0.5))

    def test_batches_of_tensorflow(self):
        if not needs.tensorflow:
            self.skipTest("TensorFlow is not installed")
        import tensorflow

        data = tensorflow.data.Dataset.from_tensor_slices((np.arange(60, dtype="float32").reshape(20, 3), np.arange(20))).batch(8)
        self.saved(self.model(), x=data, rows=18)
        self.assertEqual(self.data()["x"].shape, (18, 3))
        np.testing.assert_array_equal(self.data()["y"], np.arange(18))

    def test_a_sample_is_told(self):
        with self.assertWarnsRegex(UserWarning, "5 of 20 rows are saved"):
            self.saved(self.model(), x=np.ones((20, 3)), y=np.ones(20), rows=5)

    def test_training_goes_on_as_if_nothing_had_happened(self):
        import keras

        def losses(save):
            keras.utils.set_random_seed(5)
            model, x = self.model(), np.random.rand(32, 3)
            before = model.fit(x, x[:, 0], verbose=0).history["loss"]
            if save:
                self.saved(model, x=x, y=x[:, 0])
                self.saved(model, x=x, y=x[:, 0], loss="mse", optimizer="adam")
            return before + model.fit(x, x[:, 0], verbose=0, epochs=2).history["loss"] + [np.random.rand()]

        self.assertEqual(losses(False), losses(True))

    def test_refused(self):
        import keras

        with self.assertRaisesRegex(unstuck.UnstuckError, "has no weights yet"):
            self.saved(keras.Sequential([keras.layers.Dense(1)]), x=np.ones((4, 3)), y=np.ones(4))
        with self.assertRaisesRegex(unstuck.UnstuckError, "clip_grad_norm is no argument for a model of Keras"):
            self.saved(self.model(), x=np.ones((4, 3)), y=np.ones(4), clip_grad_norm=1)
