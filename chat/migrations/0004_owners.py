"""Every open channel gets an owner: who made it, or else its first admin."""

from django.db import migrations


def name_owners(apps, schema_editor):
    channels = apps.get_model("chat", "Channel")
    memberships = apps.get_model("chat", "Membership")
    for channel in channels.objects.filter(closed_at=None, owner=None).iterator():
        admins = memberships.objects.filter(channel=channel, role="admin").order_by("pk")
        owner = admins.filter(user=channel.created_by_id).first() or admins.first()
        if owner is not None:
            channels.objects.filter(pk=channel.pk).update(owner=owner.user_id)


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_talk")]
    operations = [migrations.RunPython(name_owners, migrations.RunPython.noop)]
