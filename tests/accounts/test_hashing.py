import pytest
from django.test import override_settings

from chatproject import settings as product
from tests.builders import make_person

pytestmark = pytest.mark.django_db


def test_the_product_stores_passwords_with_argon2():
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        ana = make_person("ana")
        ana.set_password("a long enough sentence")
        assert ana.password.startswith("argon2$argon2id$")
        assert ana.check_password("a long enough sentence")
        assert not ana.check_password("another sentence")
