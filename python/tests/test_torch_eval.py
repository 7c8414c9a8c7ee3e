from folders import Saving

import needs


@needs.torch
class Evaluating(Saving):
    # What PyTorch evaluates otherwise than by turning dropout and batch statistics off has a program of its own.
    def test_a_second_program_only_where_it_is_needed(self):
        import torch
        import torch.nn.functional as F
        from torch import nn

        class Net(nn.Module):
            def __init__(self, function):
                super().__init__()
                self.fc, self.bn, self.lstm, self.out = nn.Linear(4, 4), nn.BatchNorm1d(4), nn.LSTM(4, 4, num_layers=2, dropout=0.25), nn.Linear(4, 1)
                self.attention = nn.MultiheadAttention(4, 2, dropout=0.25, batch_first=True)
                self.dropout, self.alpha, self.function = nn.Dropout(0.25), nn.AlphaDropout(0.25), function

            def forward(self, x):
                h = self.alpha(self.dropout(self.bn(self.fc(x))))[:, None].expand(-1, 3, -1)
                h = self.lstm(h)[0]
                h = h + self.attention(h, h, h, need_weights=False)[0]
                return self.out(self.function(self, F.dropout(F.rrelu(h, training=self.training), 0.5, self.training))[:, -1])

        def attend(dropped):
            return lambda m, h: F.scaled_dot_product_attention(h, h, h, dropout_p=dropped(m))

        for name, function, second in [
            ("as modules do", lambda m, h: h, False),
            ("attention that is told", attend(lambda m: 0.5 if m.training else 0.0), False),
            ("attention that isn't told", attend(lambda m: 0.5), True),
            ("dropout that isn't told", lambda m, h: F.dropout(h, 0.5), True),
            ("another number", lambda m, h: h * (2 if m.training else 3), True),
            ("another operation", lambda m, h: h + torch.randn_like(h) if m.training else h, True),
            ("another order", lambda m, h: h.exp() * h.tanh() if m.training else h.tanh() * h.tanh(), True),
        ]:
            if torch.__version__.startswith(("2.5.", "2.6.", "2.7.")) and not second:
                continue  # their attention copies once more in training; a second program does no harm
            with self.subTest(name):
                torch.manual_seed(0)
                model = Net(function)
                self.save(model, x=torch.randn(8, 4), y=torch.randn(8, 1), loss="mse")
                self.assertEqual((self.folder / "eval.pt2").exists(), second)

    def test_tied_weights_are_told(self):
        import torch
        from architectures import architectures

        case = architectures()["gpt"]
        model = case.model()
        said = self.save(model, x=case.x, y=case.y, loss=case.loss, optimizer=torch.optim.SGD(model.parameters(), 0.1))
        self.assertEqual(said["tied"], {"lm_head.weight": "wte.weight"})
        self.assertNotIn("lm_head.weight", said["optimizer"]["groups"][0]["parameters"])
