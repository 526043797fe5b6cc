"""The payment gateway (Stripe): facts about charges, and the effects that give money back."""
