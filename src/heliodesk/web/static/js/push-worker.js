// Shows a page as a notification, also while the desk is not open; a click opens its address.
self.addEventListener('push', (event) => {
  const told = event.data ? event.data.json() : { title: 'Heliodesk', body: '', url: '/', tag: 'desk' };
  event.waitUntil(self.registration.showNotification(told.title, {
    body: told.body, tag: told.tag, renotify: true, requireInteraction: true, data: { url: told.url },
  }));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
