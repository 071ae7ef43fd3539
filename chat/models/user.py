from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

USERNAME_VALIDATORS = [
    RegexValidator(
        r"^[a-z0-9](?:[a-z0-9_.-]{0,30}[a-z0-9])\Z",
        "Use 2 to 32 small letters, digits, dots, dashes or underscores, with a letter or digit at both ends.",
    )
]


class User(AbstractUser):
    """A person with an account. `username` is the name others see and mention: lower case, unique, never reused.

    A banned person is inactive as well, so that nothing of Django lets them in.
    """

    username = models.CharField(
        max_length=32,
        unique=True,
        validators=USERNAME_VALIDATORS,
        error_messages={"unique": "This name is taken."},
    )
    banned_at = models.DateTimeField(null=True, blank=True)
    ban_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(banned_at__isnull=True) | models.Q(is_active=False), name="banned_is_inactive"
            )
        ]
